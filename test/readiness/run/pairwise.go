package run

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/test/readiness/play"
	"github.com/opsman-ca/opsman-ca/test/readiness/shapes"
)

// most is how many shapes one foundation has in a pairwise matrix: more would hide each
// other, and fewer take longer.
const most = 10

// cover finds few cells that have every pair of two shapes that go together, of a shape
// and a version or a procedure, and of those. Shapes, versions and procedures are
// numbered, one behind the other.
type cover struct {
	Matrix
	shapes  []shapes.Shape
	missing [][]bool
	left    int
}

// Pairwise is a small matrix, made greedily.
func (m Matrix) Pairwise() []play.Cell {
	c := cover{Matrix: m}
	for _, together := range m.Shapes {
		for _, s := range together {
			if !slices.ContainsFunc(c.shapes, func(o shapes.Shape) bool { return o.Name == s.Name }) {
				c.shapes = append(c.shapes, s)
			}
		}
	}
	c.want()
	var cells []play.Cell
	for c.left > 0 {
		chosen, gain := c.best()
		if gain == 0 {
			break
		}
		c.take(chosen)
		cells = append(cells, c.cell(chosen))
	}
	return cells
}

func (c *cover) version(v int) int   { return len(c.shapes) + v }
func (c *cover) procedure(p int) int { return len(c.shapes) + len(c.Versions) + p }

// want notes all pairs that can be.
func (c *cover) want() {
	n := len(c.shapes) + len(c.Versions) + len(c.Procedures)
	c.missing = make([][]bool, n)
	for i := range c.missing {
		c.missing[i] = make([]bool, n)
	}
	for i, s := range c.shapes {
		for v, version := range c.Versions {
			if !s.On(version) {
				continue
			}
			c.miss(i, c.version(v))
			for p := range c.Procedures {
				c.miss(i, c.procedure(p))
			}
			for j, other := range c.shapes[:i] {
				if other.On(version) && together(s, other) {
					c.miss(i, j)
				}
			}
		}
	}
	for v := range c.Versions {
		for p := range c.Procedures {
			c.miss(c.version(v), c.procedure(p))
		}
	}
}

// together tells whether two shapes can be in one cell. With one that is for the
// vendor's support nothing is rotated, so two of them show nothing more.
func together(s, other shapes.Shape) bool { return s.Goes(other) && (!s.Support || !other.Support) }

func (c *cover) miss(i, j int) {
	if !c.missing[i][j] {
		c.missing[i][j], c.missing[j][i] = true, true
		c.left++
	}
}

// gain is how many missing pairs another part has with those there. What stands beside
// a shape for support is paired with that alone.
func (c *cover) gain(parts []int, another int) int {
	n := 0
	for _, part := range parts {
		if c.missing[part][another] && c.counts(parts, part, another) {
			n++
		}
	}
	return n
}

func (c *cover) counts(parts []int, one, other int) bool {
	for _, part := range parts {
		if c.supports(part) {
			return c.supports(one) || c.supports(other)
		}
	}
	return true
}

func (c *cover) supports(part int) bool { return part < len(c.shapes) && c.shapes[part].Support }

// best is the cell with the most missing pairs.
func (c *cover) best() (chosen []int, gain int) {
	for v := range c.Versions {
		for p := range c.Procedures {
			parts := []int{c.version(v), c.procedure(p)}
			sum := c.gain(parts[:1], parts[1])
			for len(parts) < most+2 {
				next, more := c.next(parts, v)
				if next < 0 || more == 0 && len(parts) > 2 {
					break
				}
				parts = append(parts, next)
				sum += more
			}
			if sum > gain {
				chosen, gain = parts, sum
			}
		}
	}
	return chosen, gain
}

// next is the shape that adds most missing pairs and, among those, has most left.
func (c *cover) next(parts []int, v int) (best, gain int) {
	best, highest := -1, -1
	for i, s := range c.shapes {
		first := len(parts) == 2
		unfit := !s.On(c.Versions[v]) || s.Support && !first || slices.ContainsFunc(parts[2:], func(part int) bool {
			return part == i || !together(c.shapes[part], s)
		})
		if unfit {
			continue
		}
		left := 0
		for _, m := range c.missing[i] {
			if m {
				left++
			}
		}
		if more := c.gain(parts, i); more*1000+left > highest && left > 0 {
			best, gain, highest = i, more, more*1000+left
		}
	}
	return best, gain
}

// take notes the pairs of a cell as there.
func (c *cover) take(parts []int) {
	for n, i := range parts {
		for _, j := range parts[:n] {
			if c.missing[i][j] && c.counts(parts, i, j) {
				c.missing[i][j], c.missing[j][i] = false, false
				c.left--
			}
		}
	}
}

// cell has its shapes in the order of the list, so that its name is always the same.
func (c *cover) cell(parts []int) play.Cell {
	cell := play.Cell{Together: shapes.Together{Version: c.Versions[parts[0]-len(c.shapes)]}, Procedure: c.Procedures[parts[1]-len(c.shapes)-len(c.Versions)]}
	for _, i := range slices.Sorted(slices.Values(parts[2:])) {
		cell.Shapes = append(cell.Shapes, c.shapes[i])
	}
	return cell
}
