package measure

import "context"

// leg is what leads to a state: a phase, or an apply changes that check, or verify, has to
// find.
type leg struct{ phase, state string }

// legs are a rotation.
var legs = []leg{
	{"generate", "generated"},
	{"", "trusted"},
	{"activate", "activated"},
	{"regenerate", "regenerated"},
	{"", "replaced"},
	{"delete", "retired"},
	{"", "settled"},
}

// rotate takes the foundation through a rotation and stops in every state: on
// arrival, while the newest version known is still the one before, and then.
func (w *walk) rotate(ctx context.Context, stop func(state string, arrival bool) error) error {
	for _, l := range legs {
		if l.phase != "" {
			if err := w.put(ctx, l.phase); err != nil {
				return err
			}
		} else {
			if err := w.apply(ctx); err != nil {
				return err
			}
			if err := stop(l.state, true); err != nil {
				return err
			}
			if err := w.proven(ctx, l.state); err != nil {
				return err
			}
		}
		if err := w.expect(l.state); err != nil {
			return err
		}
		if err := stop(l.state, false); err != nil {
			return err
		}
	}
	return nil
}
