package fleet

import "slices"

// States of a rotation, as versions name them.
const (
	settled     = "settled"
	generated   = "generated"
	trusted     = "trusted"
	activated   = "activated"
	regenerated = "regenerated"
	replaced    = "replaced"
	retired     = "retired"
	blocked     = "blocked"
)

// order is the way of a rotation from one settled state to the next.
var order = []string{generated, trusted, activated, regenerated, replaced, retired, settled}

// Of every mixed foundations one is in each state of a rotation, and one is
// blocked; the others are settled, and every sixth of them has been rotated
// before. A real fleet has fewer under way at a time, and they cost more.
const mixed = 50

// stand is how far the rotation of the foundation with that number has come: how
// many states, and whether an operator has made a third CA.
func stand(number int) (states int, third bool) {
	underWay := order[:len(order)-1]
	place := number % mixed
	switch {
	case place%2 == 1 && place/2 < len(underWay):
		return place/2 + 1, false
	case place == 2*len(underWay)+1:
		return slices.Index(order, generated) + 1, true
	case place%8 == 0:
		return len(order), false
	}
	return 0, false
}
