package cli

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

// mappers read numbers and durations: the command has none that may be 0 or less.
func mappers() []kong.Option {
	return []kong.Option{
		kong.KindMapper(reflect.Int, mapper(func(text string) (int, error) {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return 0, fmt.Errorf("%s is not a whole number above 0: expected for example 3", input.Excerpt(text))
			}
			return n, nil
		})),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), mapper(func(text string) (time.Duration, error) {
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 {
				return 0, fmt.Errorf("%s is not a duration above 0: expected a number with its unit, h, m or s, for example 12h", input.Excerpt(text))
			}
			return d, nil
		})),
	}
}

func mapper[T any](parse func(string) (T, error)) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto("value", &text); err != nil {
			return err //nolint:wrapcheck // kong names the flag
		}
		value, err := parse(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		target.Set(reflect.ValueOf(value))
		return nil
	}
}
