// Package judge says, from the simulator's own records and from nothing that a
// procedure says of itself, how a rotation went: whether it ended as it should,
// who broke a handshake, and whether the reason that it stopped for is true.
package judge
