package cli

import (
	"errors"

	"github.com/alecthomas/kong"
)

// checked is a command that can tell what its flags get wrong without Ops
// Manager: whoever has to mend the credentials hears of the rest as well.
type checked interface{ problems() error }

func problemsOf(parsed *kong.Context) error {
	selected := parsed.Selected()
	if selected == nil || !selected.Target.CanAddr() {
		return nil
	}
	if command, ok := selected.Target.Addr().Interface().(checked); ok {
		return command.problems()
	}
	return nil
}

func (c *statusCommand) problems() error { return wrongFrom(c.From) }
func (c *planCommand) problems() error   { return wrongFrom(c.From) }
func (c *applyCommand) problems() error  { return wrongFrom(c.From) }

func (f stepFlags) problems() error {
	_, wrong := f.reasons()
	return errors.Join(wrongFrom(f.From), wrong)
}

func (c *generateCommand) problems() error {
	_, err := c.read()
	return errors.Join(c.stepFlags.problems(), err)
}

func (c *rotateCommand) problems() error {
	_, err := c.read()
	return errors.Join(c.stepFlags.problems(), err)
}

func wrongFrom(folder string) error {
	_, err := cursor(folder)
	return err
}
