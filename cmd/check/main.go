// Command check is the check of the Concourse resource opsman-ca: it looks for new versions.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	os.Exit(resource.Run(resource.Check(), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
