package input

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Duration is a length of time as Go spells it: 30s, 15m, 2h.
type Duration time.Duration

// UnmarshalText reads a positive duration.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed <= 0 {
		return fmt.Errorf("%s is not a duration: expected a positive number with a unit (s, m or h)", Excerpt(string(text)))
	}
	*d = Duration(parsed)
	return nil
}

// Truth is true or false, also as a text: some credential managers keep nothing else.
type Truth bool

// UnmarshalText reads "true" or "false". Its error repeats nothing: beside secrets a
// secret may stand in its place.
func (t *Truth) UnmarshalText(text []byte) error {
	if yes := string(text); yes != "true" && yes != "false" {
		return errors.New("is neither true nor false: expected one of them, as a boolean or as a text")
	}
	*t = string(text) == "true"
	return nil
}

// Level is how much is logged: debug, info, warn or error.
type Level slog.Level

// UnmarshalText reads a level by its name.
func (l *Level) UnmarshalText(text []byte) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, known := levels[string(text)]
	if !known {
		return fmt.Errorf("%s is not a log level: expected debug, info, warn or error", Excerpt(string(text)))
	}
	*l = Level(level)
	return nil
}
