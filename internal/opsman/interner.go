package opsman

// interner keeps one copy of each string: ten thousand installations repeat the names
// of a few products, and as many certificates those of a few procedures.
type interner struct {
	known map[string]string
	// size of all of them, in bytes.
	size int
}

func newInterner() *interner { return &interner{known: map[string]string{}} }

func (in *interner) text(s string) string {
	if known, ok := in.known[s]; ok {
		return known
	}
	in.known[s] = s
	in.size += len(s)
	return s
}
