// Command opsman-ca is the task image's command: the phases of a rotation, one by one or all in one run.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/opsman-ca/opsman-ca/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := cli.Main(ctx, cli.Environment{Stdout: os.Stdout, Stderr: os.Stderr, Args: os.Args[1:], Environ: os.Environ()})
	stop()
	os.Exit(code)
}
