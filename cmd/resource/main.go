// Command resource is the Concourse resource opsman-ca: its check, its in or its
// out, by the name that it is started as.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	os.Exit(resource.Main(os.Args[0], resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
