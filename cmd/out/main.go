// Command out is the put of the Concourse resource opsman-ca: it runs a named phase of a rotation.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	os.Exit(resource.Run(resource.Out(), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
