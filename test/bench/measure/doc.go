// Package measure runs the built commands and om, in turn, against simulated
// foundations, and keeps what every run took.
package measure
