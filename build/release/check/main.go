// Command check says whether a release may go out, for make release-check: every problem
// is a line with what to do about it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/opsman-ca/opsman-ca/build/release/candidate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var c candidate.Candidate
	flag.StringVar(&c.Version, "version", "", "the release, as 1.0.0")
	flag.StringVar(&c.Checkout, "checkout", ".", "folder of the checkout")
	flag.StringVar(&c.Programs, "programs", ".build/release-check", "folder with the programs as built for the release")
	flag.StringVar(&c.Archives, "archives", ".build/images", "folder with the images' archives; where none is there, they are not checked")
	flag.Parse()
	found := c.Check(ctx)
	stop()
	if len(found.Problems) > 0 {
		for _, problem := range found.Problems {
			fmt.Fprintln(os.Stderr, "error:", problem)
		}
		os.Exit(1)
	}
	fmt.Fprintf(os.Stdout, "%s may be released:\n  %s\n", c.Version, strings.Join(found.Facts, "\n  "))
}
