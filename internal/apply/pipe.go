package apply

import (
	"os"
	"os/signal"
	"syscall"
)

// surviveClosedOutput makes writing to a standard output that nobody reads any more
// an error, which nobody minds, instead of the end of this program while its
// installation goes on. Ignoring the signal would do so too, but om would inherit it.
func surviveClosedOutput() {
	// Never read, and in force until the end: what comes after is printed as well.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
