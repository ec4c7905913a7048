// Package shapes are foundations as real ones may be, each with what preflight is to
// find of it and with the advice that leads to the end of a rotation.
package shapes
