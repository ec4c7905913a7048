// Command in is the get of the Concourse resource opsman-ca: it writes a version into a folder.
package main

import (
	"os"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
)

func main() {
	os.Exit(resource.Run(resource.In(listing.Certificates{}), resource.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ(),
	}))
}
