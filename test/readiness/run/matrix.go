package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

// Matrix is which cells to play.
type Matrix struct {
	// Shapes are those to play, each alone or several together.
	Shapes     [][]shapes.Shape
	Versions   []shapes.Version
	Procedures []play.Procedure
}

// ParseShapes reads names with commas between, several together with plus signs; all,
// each alone, for an empty text.
func ParseShapes(text string) ([][]shapes.Shape, error) {
	var found [][]shapes.Shape
	if text == "" {
		for _, s := range shapes.All() {
			found = append(found, []shapes.Shape{s})
		}
		return found, nil
	}
	// Names have commas of their own, with a space behind.
	for group := range strings.SplitSeq(strings.ReplaceAll(text, ", ", "\x00"), ",") {
		var together []shapes.Shape
		for name := range strings.SplitSeq(strings.ReplaceAll(group, "\x00", ", "), "+") {
			s, known := shapes.Named(strings.TrimSpace(name))
			if !known {
				return nil, fmt.Errorf("there is no shape %q: expected some of %s", strings.TrimSpace(name), names(shapes.All()))
			}
			together = append(together, s)
		}
		found = append(found, together)
	}
	return found, nil
}

func names(all []shapes.Shape) string {
	var list []string
	for _, s := range all {
		list = append(list, fmt.Sprintf("%q", s.Name))
	}
	return strings.Join(list, ", ")
}

// Cells are all of them that can be.
func (m Matrix) Cells() []play.Cell {
	var cells []play.Cell
	for _, together := range m.Shapes {
		for _, v := range m.Versions {
			if slices.ContainsFunc(together, func(s shapes.Shape) bool { return !s.On(v) }) {
				continue
			}
			for _, p := range m.Procedures {
				cells = append(cells, play.Cell{Together: shapes.Together{Shapes: together, Version: v}, Procedure: p})
			}
		}
	}
	return cells
}
