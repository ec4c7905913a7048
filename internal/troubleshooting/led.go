package troubleshooting

// led is an error that somebody gave the way to its entries.
type led struct {
	error
	codes []Code
}

// Led gives an error the way to entries that its own type does not tell.
func Led(err error, codes ...Code) error { return led{err, codes} }

func (l led) Unwrap() error { return l.error }

// Troubleshooting makes it an Entry.
func (l led) Troubleshooting() []Code { return l.codes }
