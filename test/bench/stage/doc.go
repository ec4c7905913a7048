// Package stage is the simulated Ops Managers of a measurement. What goes over their
// sockets is counted.
package stage
