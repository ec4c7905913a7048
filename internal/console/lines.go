package console

import (
	"bytes"
	"io"
	"sync"
)

// Lines passes text on by whole lines, so that lines from elsewhere never
// land in the middle of one. What comes after the last line feed is held back
// until the line is complete or Flush is called. It is safe for concurrent
// use.
type Lines struct {
	mu   sync.Mutex
	out  io.Writer
	held []byte
}

// NewLines passes whole lines on to w.
func NewLines(w io.Writer) *Lines { return &Lines{out: w} }

// Write takes text that may end within a line.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, p...)
	end := bytes.LastIndexByte(l.held, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	_, err := l.out.Write(l.held[:end])
	l.held = append(l.held[:0], l.held[end:]...)
	return len(p), err
}

// Flush passes on what is held back, as a line of its own.
func (l *Lines) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) == 0 {
		return nil
	}
	_, err := l.out.Write(append(l.held, '\n'))
	l.held = nil
	return err
}
