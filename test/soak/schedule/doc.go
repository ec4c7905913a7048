// Package schedule makes, from one seed, all that happens to a foundation during
// one rotation: what Ops Manager it is, and which faults, kills and clicks of
// another operator strike it, each at the n-th request or deployment of a kind.
package schedule
