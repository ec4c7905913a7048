// Command check is the check of the Concourse resource opsman-ca: it looks for new versions.
package main

import (
	"os"
	"runtime"

	"github.com/opsman-ca/opsman-ca/internal/resource"
)

func main() {
	// It sends one request after the other, and a worker runs many checks at a time:
	// threads for more processors would take longer to start than they save.
	runtime.GOMAXPROCS(1)
	os.Exit(resource.Run(resource.Check(), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
