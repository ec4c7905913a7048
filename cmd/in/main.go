// Command in is the in of the Concourse resource opsman-ca.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	os.Exit(resource.Main(resource.In(), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
