package cli

import "fmt"

// omCommand is om for a task that has target and login in a form that om does not
// know, as one secret.
type omCommand struct {
	Om        string   `name:"om" default:"om" variable:"OPSMAN_CA_OM" placeholder:"PATH" help:"The om binary."`
	Arguments []string `arg:"" passthrough:"" help:"What om is to do, behind --."`
}

// Run passes om's answer on as it is, and what it says without secrets.
func (c *omCommand) Run(t *app) error {
	args := c.Arguments
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	om, err := t.applyDeps(c.Om).Om.Command(t.ctx, t.Environ, args...)
	if err != nil {
		return err
	}
	om.Stdout, om.Stderr = t.Stdout, t.console
	if err := om.Run(); err != nil {
		return fmt.Errorf("om did not succeed (%w): what it said is above", err)
	}
	return nil
}
