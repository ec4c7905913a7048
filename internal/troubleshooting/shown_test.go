package troubleshooting_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
	"github.com/opsman-ca/opsman-ca/internal/sim/outcome"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// lab is a simulated foundation, and the command in a folder.
type lab struct {
	*sim.Foundation
	ctx     context.Context
	environ []string
	folder  string
	// generating are more arguments of generate.
	generating []string
}

func newLab(ctx context.Context, o sim.Options) *lab {
	GinkgoHelper()
	o.KeyBits, o.VMDelay = 1024, -1
	o.Tiles = []sim.Tile{
		{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}},
		sim.ServiceTile("p.mysql", "MySQL", "3.2.0", 1, sim.Job{Name: "broker", Instances: 1}, sim.Job{Name: "mysql", Instances: 1}),
	}
	f, err := sim.New(o)
	Expect(err).NotTo(HaveOccurred())
	server, err := sim.ServeOn(ctx, f, "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	l := &lab{Foundation: f, ctx: ctx, folder: GinkgoT().TempDir()}
	caFile := filepath.Join(l.folder, "sim.pem")
	Expect(os.WriteFile(caFile, []byte(server.CAPEM), 0o600)).To(Succeed())
	l.environ = []string{"OM_TARGET=" + server.URL, "OM_USERNAME=admin", "OM_PASSWORD=admin", "OM_CA_CERT=" + caFile, "OPSMAN_CA_OM=true"}
	return l
}

// ca runs the command, with CA in an argument as the folder of the version, and
// gives what it says.
func (l *lab) ca(args ...string) (string, int) {
	var said bytes.Buffer
	line := []string{}
	for _, arg := range args {
		line = append(line, strings.Replace(arg, "CA", filepath.Join(l.folder, "ca"), 1))
	}
	code := cli.Main(l.ctx, cli.Environment{
		Stdout: &said, Stderr: &said, Args: line, Environ: l.environ,
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
	return said.String(), code
}

// does runs what has to succeed.
func (l *lab) does(args ...string) {
	GinkgoHelper()
	said, code := l.ca(args...)
	Expect(code).To(Equal(0), said)
}

func (l *lab) clicks(actions ...sim.Action) {
	GinkgoHelper()
	for _, a := range actions {
		a.Wait = a.FailAt == ""
		Expect(l.Operator(a)).To(Succeed())
	}
}

// to brings a rotation to a state; the version is in CA.
func (l *lab) to(phase string) {
	GinkgoHelper()
	way := []struct{ step, phase string }{
		{"generate", "generated"}, {"verify", "trusted"}, {"activate", "activated"}, {"regenerate", "regenerated"}, {"verify", "replaced"}, {"delete", "retired"}, {"verify", "settled"},
	}
	for n, w := range way {
		if w.step == "verify" {
			l.clicks(sim.Action{Do: "apply"})
		}
		args := []string{w.step, "--to", "CA"}
		if n > 0 {
			args = append(args, "--from", "CA")
		} else {
			args = append(args, "--accept", "configurable-certificates-ahead")
		}
		if w.step == "generate" {
			args = append(args, l.generating...)
		}
		l.does(args...)
		if w.phase == phase {
			return
		}
	}
}

func (l *lab) breaks(f faults.Fault) {
	GinkgoHelper()
	_, err := l.AddFault(f)
	Expect(err).NotTo(HaveOccurred())
}

// varying is what differs from one foundation to the next.
var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{20}|https://[^\s;:]+(:\d+)?|\d{4}-\d\d-\d\d(T[\d:]+Z| \d\d:\d\d UTC)?|\d+`)

func leveled(text string) string { return varying.ReplaceAllString(oneLine(text), "#") }

// expectQuoted finds one of the entry's messages in what was said; … stands for
// anything, and a list of names may be shorter.
func expectQuoted(code troubleshooting.Code, said string) {
	GinkgoHelper()
	var tried []string
	for _, quoted := range of(code).quoted() {
		var parts []string
		for part := range strings.SplitSeq(leveled(quoted), "…") {
			parts = append(parts, regexp.QuoteMeta(part))
		}
		pattern := strings.Join(parts, ".*")
		tried = append(tried, pattern)
		if regexp.MustCompile(pattern).MatchString(leveled(said)) {
			return
		}
	}
	Fail("the guide's message of " + string(code) + ":\n" + strings.Join(tried, "\n") + "\nis not in what was said:\n" + leveled(said))
}

const generatePath = "/api/v0/certificate_authorities/generate"

var _ = DescribeTable("the message that the guide shows is the one that is printed, with the way to its entry behind it:",
	func(ctx SpecContext, code troubleshooting.Code, o sim.Options, prepare func(*lab), args string) {
		l := newLab(ctx, o)
		prepare(l)
		said, exit := l.ca(strings.Fields(args)...)
		Expect(exit).To(Equal(1), said)
		expectQuoted(code, said)
		Expect(said).To(HaveSuffix("what to do: " + code.Link() + "\n"))
		Expect(strings.Count(said, troubleshooting.Page)).To(Equal(1))
	},
	func(code troubleshooting.Code, _ sim.Options, _ func(*lab), _ string) string { return string(code) },
	Entry(nil, troubleshooting.Code("too-early"), sim.Options{}, func(l *lab) { l.to("generated") }, "delete --from CA"),
	Entry(nil, troubleshooting.Code("not-reached"), sim.Options{}, func(l *lab) { l.to("generated") }, "verify --from CA"),
	Entry(nil, troubleshooting.Code("activated-untrusted"), sim.Options{}, func(l *lab) {
		l.to("generated")
		l.clicks(sim.Action{Do: "activate"})
	}, "apply-changes --from CA"),
	Entry(nil, troubleshooting.Code("stray-leaves"), sim.Options{}, func(l *lab) {
		l.to("generated")
		l.clicks(sim.Action{Do: "activate"}, sim.Action{Do: "regenerate"}, sim.Action{Do: "activate", GUID: l.Dump().CAs[0].GUID})
	}, "apply-changes --from CA"),
	Entry(nil, troubleshooting.Code("rotation-under-way"), sim.Options{}, func(l *lab) { l.to("trusted") }, "regenerate --leaf-only --from CA"),
	Entry(nil, troubleshooting.Code("installation-running"), sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Effect: faults.Stuck, Product: "cf"})
		Expect(l.Operator(sim.Action{Do: "apply"})).To(Succeed())
	}, "generate"),
	Entry(nil, troubleshooting.InstallationFailed, sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		_ = l.Operator(sim.Action{Do: "apply", Wait: true})
	}, "generate"),
	Entry(nil, troubleshooting.Code("pending-changes"), sim.Options{}, func(l *lab) { l.clicks(sim.Action{Do: "stage", Product: "cf"}) }, "generate"),
	Entry(nil, troubleshooting.Code("ops-manager-upgraded"), sim.Options{}, func(l *lab) { l.clicks(sim.Action{Do: "upgrade", Version: "3.1.9-build.9"}) }, "generate"),
	Entry(nil, troubleshooting.Code("configurable-certificates"), sim.Options{ConfigurableLeaf: true}, func(l *lab) {
		l.generating = []string{"--accept", "configurable-certificates-ahead"}
		l.to("replaced")
	}, "delete --from CA"),
	Entry(nil, troubleshooting.Code("not-recreated"), sim.Options{OldStemcells: true}, func(l *lab) {
		l.does("generate", "--recreate-vms", "--to", "CA")
		l.clicks(sim.Action{Do: "apply"})
	}, "verify --from CA"),
	Entry(nil, troubleshooting.Code("foreign-version"), sim.Options{}, func(l *lab) {
		l.to("generated")
		Expect(os.WriteFile(filepath.Join(l.folder, "ca", "version.json"), []byte(`{"state":"settled","active":"0123456789abcdef0123"}`), 0o600)).To(Succeed())
	}, "activate --from CA"),
	Entry(nil, troubleshooting.UnreadableVersion, sim.Options{}, func(l *lab) {
		l.to("generated")
		Expect(os.WriteFile(filepath.Join(l.folder, "ca", "version.json"), []byte(`{"state":"settled","active":"0123456789abcdef0123","epoch":"7"}`), 0o600)).To(Succeed())
	}, "verify --from CA"),
	Entry(nil, troubleshooting.Code("finished-rotation"), sim.Options{}, func(l *lab) {
		l.to("replaced")
		l.does("delete", "--from", "CA")
	}, "regenerate --from CA"),
	Entry(nil, troubleshooting.Code("set-back"), sim.Options{}, func(l *lab) {
		l.to("activated")
		l.clicks(sim.Action{Do: "activate", GUID: l.Dump().CAs[0].GUID})
	}, "verify --from CA"),
	Entry(nil, troubleshooting.Code("candidate-gone"), sim.Options{}, func(l *lab) {
		l.to("trusted")
		l.clicks(sim.Action{Do: "delete"})
	}, "activate --from CA"),
	Entry(nil, troubleshooting.Code("no-products"), sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "GET", Path: "/api/v0/deployed/products", Effect: faults.Answer, Status: 200, Body: "[]"})
	}, "generate"),
	Entry(nil, troubleshooting.Code("no-cas"), sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "GET", Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 200, Body: `{"certificate_authorities":[]}`})
	}, "generate"),
	Entry(nil, troubleshooting.Code("too-many-cas"), sim.Options{}, func(l *lab) {
		l.clicks(sim.Action{Do: "generate"}, sim.Action{Do: "generate"})
	}, "generate"),
	Entry(nil, troubleshooting.Code("equal-creation"), sim.Options{DateOnly: true}, func(l *lab) {
		l.to("settled")
		l.clicks(sim.Action{Do: "generate"})
	}, "verify"),
	Entry(nil, troubleshooting.Code("expired-ca"), sim.Options{}, func(l *lab) {
		l.clicks(sim.Action{Do: "advance", For: faults.Duration(20 * 365 * 24 * time.Hour)})
	}, "generate"),
	Entry(nil, troubleshooting.OfViolation("unknown-violation"), sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "POST", Path: generatePath, Effect: faults.Violate, Violations: []outcome.Violation{{Violation: "something new", CertificateNames: []string{"/x"}}}})
	}, "generate"),
	Entry(nil, troubleshooting.CallRefused, sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "POST", Path: generatePath, Effect: faults.Answer, Status: 403, Body: `{"errors":{"base":["Forbidden"]}}`})
	}, "generate"),
	Entry(nil, troubleshooting.PartlyDone, sim.Options{}, func(l *lab) {
		l.to("activated")
		name := ""
		for _, vm := range l.Dump().VMs {
			if strings.HasPrefix(vm.Product, "cf-") {
				name = "/p-bosh/" + vm.Product + "/dns_api_client_tls"
			}
		}
		l.breaks(faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/active/regenerate", Effect: faults.FailEntries, Names: []string{name}})
	}, "regenerate --from CA"),
	Entry(nil, troubleshooting.Code("partial-generation"), sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "POST", Path: generatePath, Effect: faults.FailEntries})
	}, "generate"),
	Entry(nil, troubleshooting.Code("partial-activation"), sim.Options{}, func(l *lab) {
		l.to("trusted")
		l.breaks(faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/*/activate", Effect: faults.FailEntries})
		_, code := l.ca("activate", "--from", "CA", "--to", "CA")
		Expect(code).To(Equal(1))
	}, "regenerate --from CA"),
	Entry(nil, troubleshooting.Code("partial-deletion"), sim.Options{}, func(l *lab) {
		l.to("replaced")
		l.breaks(faults.Fault{Method: "DELETE", Path: "/api/v0/certificate_authorities/*", Effect: faults.FailEntries})
		_, code := l.ca("delete", "--from", "CA", "--to", "CA")
		Expect(code).To(Equal(1))
	}, "apply-changes --from CA"),
	Entry(nil, troubleshooting.NoEffect, sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "POST", Path: generatePath, Effect: faults.Drop})
	}, "generate"),
	Entry(nil, troubleshooting.AnswerLost, sim.Options{}, func(l *lab) {
		l.to("activated")
		l.breaks(faults.Fault{Method: "POST", Path: "/api/v0/certificate_authorities/active/regenerate", Effect: faults.CloseAfter})
	}, "regenerate --from CA"),
	Entry(nil, troubleshooting.BadCredentials, sim.Options{Password: "another"}, func(*lab) {}, "status"),
	Entry(nil, troubleshooting.NotTrusted, sim.Options{}, func(l *lab) { l.environ = append(l.environ, "OM_CA_CERT=") }, "status"),
	Entry(nil, troubleshooting.OtherName, sim.Options{}, func(l *lab) {
		other := httptest.NewUnstartedServer(http.NotFoundHandler())
		DeferCleanup(other.Close)
		Expect(other.Listener.Close()).To(Succeed())
		var err error
		other.Listener, err = (&net.ListenConfig{}).Listen(l.ctx, "tcp", "127.0.0.2:0")
		Expect(err).NotTo(HaveOccurred())
		other.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		other.StartTLS()
		l.environ[0] = "OM_TARGET=" + other.URL
	}, "status"),
	Entry(nil, troubleshooting.NotTLS, sim.Options{}, func(l *lab) {
		plain := httptest.NewServer(http.NotFoundHandler())
		DeferCleanup(plain.Close)
		l.environ[0] = "OM_TARGET=" + strings.Replace(plain.URL, "http:", "https:", 1)
	}, "status"),
	Entry(nil, troubleshooting.NotOpsManager, sim.Options{}, func(l *lab) {
		other := httptest.NewTLSServer(http.NotFoundHandler())
		DeferCleanup(other.Close)
		l.environ[0] = "OM_TARGET=" + other.URL
		l.environ = append(l.environ, "OM_SKIP_SSL_VALIDATION=true")
	}, "status"),
	Entry(nil, troubleshooting.Redirected, sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "GET", Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 301, Headers: map[string]string{"Location": "https://login.example.com/"}})
	}, "status"),
	Entry(nil, troubleshooting.Unreadable, sim.Options{}, func(l *lab) {
		l.breaks(faults.Fault{Method: "GET", Path: "/api/v0/certificate_authorities", Effect: faults.Answer, Status: 200, Body: `{}`})
	}, "status"),
	Entry(nil, troubleshooting.Locked, sim.Options{}, func(l *lab) { l.clicks(sim.Action{Do: "lock"}) }, "status"),
)
