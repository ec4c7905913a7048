package apply_test

import (
	"context"
	"os"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"github.com/opsman-ca/opsman-ca/internal/apply"
	"github.com/opsman-ca/opsman-ca/internal/console"
)

const (
	password = `planted-"pass\word`
	secretCA = "-----BEGIN CERTIFICATE-----"
)

// rig is one supervision with a fake om over a fake foundation.
type rig struct {
	*foundation
	req  apply.Request
	deps apply.Deps
	out  *gbytes.Buffer
}

func newRig(acts ...act) *rig {
	f := newFoundation()
	DeferCleanup(f.Close)
	self, err := os.Executable()
	Expect(err).NotTo(HaveOccurred())
	r := &rig{foundation: f, out: gbytes.NewBuffer()}
	r.req = apply.Request{Poll: time.Millisecond, Heartbeat: time.Second}
	r.deps = apply.Deps{
		OpsManager: f,
		Om:         apply.Om{Path: self, Target: f.URL, Username: "admin", Password: password},
		Console:    console.New(r.out, console.Options{Color: console.ColorNever}),
	}
	r.om(acts...)
	return r
}

// om sets what the fake om does.
func (r *rig) om(acts ...act) {
	r.deps.Environ = append(os.Environ(), "FAKE_OM="+script(acts...), "OM_TRACE=true", "GORACE=atexit_sleep_ms=0", "OM_TARGET=https://elsewhere.example.com")
}

func (r *rig) run(ctx context.Context) (apply.Outcome, error) { return apply.Run(ctx, r.req, r.deps) }

func (r *rig) said() string { return string(r.out.Contents()) }

// shownLog is what of the output is log, without our own lines.
func (r *rig) shownLog() string {
	var log strings.Builder
	for line := range strings.Lines(r.said()) {
		if strings.HasPrefix(line, "===== ") {
			log.WriteString(line)
		}
	}
	return log.String()
}

// flyFrom lets time fly as soon as the text is said.
func (r *rig) flyFrom(text string) {
	r.deps.Clock = newFlying(func() bool { return strings.Contains(r.said(), text) })
}

// interruptedAt is a context that ends as soon as the text is said.
func (r *rig) interruptedAt(ctx context.Context, text string) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	r.when(ctx, text, cancel)
	return ctx
}

// when does something as soon as the text is said.
func (r *rig) when(ctx context.Context, text string, do func()) {
	go func() {
		for !strings.Contains(r.said(), text) {
			if ctx.Err() != nil {
				return
			}
			<-time.After(time.Millisecond)
		}
		do()
	}()
}
