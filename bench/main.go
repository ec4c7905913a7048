// Command bench measures the built binaries against the simulator, side by side
// with om, and prints the tables of docs/measurements.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

func main() {
	bin := flag.String("bin", "bin", "folder with the built binaries and om")
	runs := flag.Int("runs", 50, "how often each command is run")
	flag.Parse()
	if err := measure(context.Background(), os.Stdout, *bin, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
