// Command check is the check of the Concourse resource opsman-ca.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	os.Exit(resource.Main(resource.Check(), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
