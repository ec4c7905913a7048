package run

import "github.com/opsman-ca/opsman-ca/test/readiness/play"

func (m Matrix) Pairwise() []play.Cell { return m.Cells() }
