package opsman

import (
	"bytes"
	"fmt"
	"io"
)

// Limits of what is read of one answer, in bytes. A server that answers with
// more is not believed, whichever it is: the largest foundations stay far below.
const (
	// smallLimit is for what has a few fields: a token, info, one installation.
	smallLimit = 1 << 20
	jsonLimit  = 32 << 20
	// refusalLimit is how much is read of an answer that is an error, or the
	// exchange's own limit where that is smaller. What is beyond is left out.
	refusalLimit = jsonLimit
	// logsLimit counts JSON, in which a log of 50 MB may be twice as long.
	logsLimit = 256 << 20
	// historyLimit is larger: the history is decoded row by row and never held.
	historyLimit = 1 << 30
	// rowLimit is for one installation of the history.
	rowLimit = 2 << 20
	// eventLimit is for the first event of a stream.
	eventLimit = 64 << 10
	// drainLimit is how much unread answer is still read to keep the
	// connection.
	drainLimit = 256 << 10
)

// Limits of how many things an answer may hold: a few bytes of JSON become some
// hundred in memory.
const (
	objectsLimit = 100_000
	valuesLimit  = 2_000_000
	// installationsLimit, changesLimit and namesLimit (bytes of different
	// strings) are for the whole history.
	installationsLimit = 100_000
	changesLimit       = 1_000_000
	namesLimit         = 32 << 20
	// signsLimit is how deep certificates v1 may nest what they sign: a root CA, an
	// intermediate one and a leaf are three.
	signsLimit = 32
)

// tooDeepError is an answer that nests deeper than any Ops Manager's.
type tooDeepError struct{ limit int }

func (e *tooDeepError) Error() string {
	return fmt.Sprintf("it nests certificates deeper than the limit of %d levels", e.limit)
}

// tooManyError is an answer with more in it than any Ops Manager has.
type tooManyError struct {
	what  string
	limit int
}

func (e *tooManyError) Error() string {
	return fmt.Sprintf("it holds more than the limit of %d %s", e.limit, e.what)
}

// countable refuses JSON that would become too much in memory. Brackets and commas
// within strings count too, which does no harm: the limits are far away.
func countable(raw []byte) error {
	var c count
	return c.add(raw)
}

// count is of what has been seen of an answer.
type count struct{ objects, values int }

func (c *count) add(raw []byte) error {
	c.objects += bytes.Count(raw, []byte("{"))
	c.values += bytes.Count(raw, []byte(","))
	switch {
	case c.objects > objectsLimit:
		return &tooManyError{what: "objects", limit: objectsLimit}
	case c.values > valuesLimit:
		return &tooManyError{what: "values", limit: valuesLimit}
	}
	return nil
}

// blanksLimit is how many blanks in a row are passed on, about: a decoder looks at
// all of them again with every read.
const blanksLimit = 4 << 10

// countingReader is countable while it is read.
type countingReader struct {
	from io.Reader
	seen count
	// blanks in a row up to here.
	blanks int
}

// Read passes on what is within the limits.
func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	for err == nil && r.tooBlank(p[:n]) {
		n, err = r.from.Read(p)
	}
	if tooMany := r.seen.add(p[:n]); tooMany != nil {
		return 0, tooMany
	}
	return n, err
}

// tooBlank tells whether this is nothing but more of what were enough blanks.
func (r *countingReader) tooBlank(p []byte) bool {
	const blank = " \t\r\n"
	kept := len(bytes.TrimRight(p, blank))
	if kept > 0 {
		r.blanks = 0
	}
	before := r.blanks
	r.blanks += len(p) - kept
	return kept == 0 && len(p) > 0 && before > blanksLimit
}

// limitedReader fails, rather than ends, at its limit.
type limitedReader struct {
	from  io.Reader
	left  int64
	limit int64
}

func limited(from io.Reader, limit int64) *limitedReader {
	return &limitedReader{from: from, left: limit, limit: limit}
}

// Read passes on what is within the limit.
func (r *limitedReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, &tooLargeError{limit: r.limit}
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.from.Read(p)
	r.left -= int64(n)
	return n, err
}

// again lets as much more be read as at the beginning.
func (r *limitedReader) again() { r.left = r.limit }

type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it is larger than the limit of %d MiB", e.limit>>20)
}
