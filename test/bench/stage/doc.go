// Package stage is the simulated Ops Managers of a measurement, in a process of
// their own: their memory is not the memory of who starts the programs, and what
// goes over their sockets is counted.
package stage
