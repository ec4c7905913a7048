package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// whole is the login of a foundation as one variable.
func (f *foundation) whole(more map[string]any) string {
	GinkgoHelper()
	all := map[string]any{}
	for _, v := range f.environ {
		name, value, _ := strings.Cut(strings.TrimPrefix(v, "OM_"), "=")
		all[strings.ToLower(name)] = value
	}
	for key, value := range more {
		all[key] = value
	}
	raw, err := json.Marshal(all)
	Expect(err).NotTo(HaveOccurred())
	return "OPSMAN=" + string(raw)
}

// inFolder runs the spec where no file is but its own.
func inFolder() string {
	GinkgoHelper()
	before, err := os.Getwd()
	Expect(err).NotTo(HaveOccurred())
	folder := GinkgoT().TempDir()
	Expect(os.Chdir(folder)).To(Succeed())
	DeferCleanup(os.Chdir, before)
	return folder
}

const beside = "expected target and login in one place, so that those of two foundations are never mixed; leave out OPSMAN or the others"

var _ = Describe("OPSMAN", func() {
	DescribeTable("is the login of every command", func(args ...string) {
		f := serve(sim.Options{})
		if args[0] == "apply-changes" {
			args = append(args, "--from", from(`{"state":"settled","active":"`+f.Dump().CAs[0].GUID+`"}`))
		}
		r := run([]string{f.whole(nil)}, args...)
		Expect(r.code).To(BeZero(), r.stderr)
		Expect(f.Requests()).To(BeNumerically(">", 1))
		Expect(r.stdout + r.stderr).NotTo(ContainSubstring(password))
	},
		Entry(nil, "status"), Entry(nil, "plan"), Entry(nil, "report"), Entry(nil, "metrics"), Entry(nil, "preflight"),
		Entry(nil, "apply-changes", "--om", "true"), Entry(nil, "generate", "--dry-run"), Entry(nil, "rotate", "--dry-run", "--om", "true"),
	)

	It("is one of a client as well, with the other login's fields empty", func() {
		f := serve(sim.Options{ClientID: "rotator", ClientSecret: "geheim-9d2a"})
		r := run([]string{f.whole(map[string]any{"username": "", "password": nil, "client_id": "rotator", "client_secret": "geheim-9d2a"})}, "status")
		Expect(r.code).To(BeZero(), r.stderr)
	})

	It("unlocks, and skips the verification of a certificate that a text allows it to skip", func() {
		f := serve(sim.Options{Passphrase: "geheim-open"})
		f.operate("lock")
		r := run([]string{f.whole(map[string]any{"ca_cert": "", "skip_ssl_validation": "true", "decryption_passphrase": "geheim-open"})}, "status")
		Expect(r.code).To(BeZero(), r.stderr)
	})

	It("is what an error speaks of", func() {
		f := serve(sim.Options{Passphrase: "geheim-open"})
		r := run([]string{f.whole(map[string]any{"ca_cert": nil})}, "status")
		Expect(r.stderr).To(ContainSubstring(" as OPSMAN.ca_cert"))
		f.operate("lock")
		r = run([]string{f.whole(nil), "ENV_FILE="}, "status")
		Expect(r.stderr).To(ContainSubstring("): set OPSMAN.decryption_passphrase, or enter the passphrase in its web page"))
	})

	DescribeTable("may lack something, which is told with what else is wrong",
		func(value string, environ []string, args []string, wanted ...string) {
			r := run(append(environ, "OPSMAN="+value), args...)
			Expect(r.code).To(Equal(1))
			for _, line := range wanted {
				Expect(r.stderr).To(ContainSubstring("\nerror: " + line + "\n"))
			}
			Expect(strings.Count(r.stderr, "\nerror: ")).To(Equal(len(wanted)), r.stderr)
			Expect(r.stderr).NotTo(ContainSubstring("geheim"))
		},
		Entry("nothing in it", `{}`, nil, []string{"status"},
			`OPSMAN.target is missing: expected a host such as "https://opsman.example.com"`, "OPSMAN: no credentials: give username and password, or client_id and client_secret"),
		Entry("half a login, and a key that cannot be read", `{"target":7,"password":"geheim"}`, nil, []string{"status"},
			"OPSMAN.target is a number: expected a string, for example https://opsman.example.com", "OPSMAN.password is given without username: give both, for example username admin"),
		Entry("both logins", `{"target":"https://a","username":"u","password":"geheim","client_id":"c","client_secret":"geheim"}`, nil, []string{"status"},
			"OPSMAN: both username/password and client_id/client_secret are given: keep one of the two pairs"),
		Entry("another place, and a folder", `{"target":"https://a","username":"u","password":"geheim"}`, []string{"OM_TARGET=https://b", "OM_PASSWORD=geheim"}, []string{"status", "--from", "/nowhere"},
			"OPSMAN is given beside OM_TARGET, OM_PASSWORD: "+beside,
			`--from "/nowhere" does not exist: expected the folder that a get of this resource wrote in the same job, for example ca`),
		Entry("a flag", `{"target":"https://a","username":"u","password":"geheim"}`, nil, []string{"status", "--target", "https://b"}, "OPSMAN is given beside --target: "+beside),
		Entry("a file on the command line", `{"target":"https://a","username":"u","password":"geheim"}`, nil, []string{"status", "--env", "/nowhere/env.yml"}, "OPSMAN is given beside the env file /nowhere/env.yml: "+beside),
	)

	DescribeTable("makes a task's default of ENV_FILE superfluous, but for a file that is there",
		func(file string, taken bool) {
			f := serve(sim.Options{})
			folder := inFolder()
			if file != "" {
				Expect(os.MkdirAll(filepath.Dir(filepath.Join(folder, file)), 0o755)).To(Succeed())
				Expect(os.WriteFile(filepath.Join(folder, file), []byte("target: https://other\n"), 0o600)).To(Succeed())
			}
			r := run([]string{f.whole(nil), "ENV_FILE=env.yml"}, "status")
			if taken {
				Expect(r.code).To(BeZero(), r.stderr)
				return
			}
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(ContainSubstring("error: OPSMAN is given beside the env file " + file + ": " + beside))
			Expect(f.Requests()).To(BeZero())
		},
		Entry("no input", "", true),
		Entry("an input with other files", "env/errands.yml", true),
		Entry("an input with it", "env/env.yml", false),
		Entry("the file alone", "env.yml", false),
	)
})
