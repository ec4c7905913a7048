// Package figures makes of measured runs what people, and benchstat, read.
package figures
