package omenv

import (
	"errors"
	"math"
	"reflect"
)

// value is what stands behind a key: as it was written, and as om's YAML library
// takes it.
type value struct {
	text string
	// resolved is nil for nothing (a key without a value, or ~), and a list or a
	// mapping where that is what stands there.
	resolved any
}

// UnmarshalYAML keeps both.
func (v *value) UnmarshalYAML(unmarshal func(any) error) error {
	if err := unmarshal(&v.resolved); err != nil {
		return err
	}
	if unmarshal(&v.text) != nil {
		v.text = ""
	}
	return nil
}

// assign puts the value into a field, for all that om takes for a value of its
// kind. No error repeats the value: it may be a secret.
func (v value) assign(field reflect.Value) error {
	if v.resolved == nil {
		return nil
	}
	switch field.Kind() {
	case reflect.String:
		switch reflect.ValueOf(v.resolved).Kind() {
		case reflect.Map, reflect.Slice:
			return errors.New(`is a list or a mapping: expected text, for example "secret"`)
		}
		// A password of digits is a number in YAML: what counts is what was written.
		field.SetString(v.text)
	case reflect.Pointer:
		yes, ok := v.resolved.(bool)
		if !ok {
			return errors.New("is neither true nor false: expected one of them without quotes, as om does, for example true")
		}
		field.Set(reflect.ValueOf(&yes))
	default:
		n, ok := v.seconds()
		if !ok {
			return errors.New("is not a time: expected whole seconds without quotes, as om does, for example 30")
		}
		field.SetInt(n)
	}
	return nil
}

// seconds are what om makes of a number: the fraction is cut off, and 0 is its
// default. om takes a negative one, too, and then never connects or waits for
// ever.
func (v value) seconds() (int64, bool) {
	var n float64
	switch number := v.resolved.(type) {
	case int:
		n = float64(number)
	case float64:
		n = math.Trunc(number)
	default:
		return 0, false
	}
	return int64(n), n >= 0 && n <= math.MaxInt32
}
