package cli_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// fakeOm is an om that shows its arguments and what it knows of Ops Manager.
func fakeOm(script string) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "om")
	Expect(os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700)).To(Succeed())
	return path
}

var _ = Describe("om", func() {
	It("runs om with target and login, in whatever form they were given", func() {
		f := serve(sim.Options{})
		target := strings.TrimPrefix(f.environ[0], "OM_TARGET=")
		om := fakeOm(`echo "$*"; env | grep -E '^(OM_|OPSMAN)' | sort; echo "$OM_PASSWORD" >&2`)
		environ := []string{omenv.Whole + `={"target":"` + target + `","username":"admin","password":"` + password + `","skip_ssl_validation":"true"}`, "OPSMAN_CA_OM=" + om}
		r := run(environ, "om", "--", "curl", "--silent", "--path", "/api/v0/info")
		Expect(r.code).To(BeZero(), r.stderr)
		Expect(strings.Split(strings.TrimSpace(r.stdout), "\n")).To(Equal([]string{
			"curl --silent --path /api/v0/info",
			"OM_PASSWORD=" + password, "OM_SKIP_SSL_VALIDATION=true", "OM_TARGET=" + target, "OM_USERNAME=admin",
			"OPSMAN_CA_OM=" + om,
		}))
		Expect(r.stderr).NotTo(ContainSubstring(password), "what om says, as opposed to what it answers, has no secret")
	})

	It("fails as om does", func() {
		f := serve(sim.Options{})
		r := run(append(f.environ, "OPSMAN_CA_OM="+fakeOm("echo no such path >&2; exit 3")), "om", "--", "curl", "--path", "/x")
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(ContainSubstring("no such path"), ContainSubstring("om did not succeed (exit status 3)")))
	})
})

var _ = Describe("an errand configuration that a var holds", func() {
	It("is none where the var sets nothing, and beside a file refused", func() {
		f := serve(sim.Options{})
		Expect(run(append(f.environ, "ERRAND_CONFIG={}"), "plan").code).To(BeZero())
		own := run(append(f.environ, `ERRAND_CONFIG={"errands":{"cf":{"run_post_deploy":{"smoke":true}}}}`), "plan")
		Expect(own.code).To(Equal(1))
		Expect(own.stderr).To(ContainSubstring("ERRAND_CONFIG"))
		file := filepath.Join(GinkgoT().TempDir(), "errands.yml")
		Expect(os.WriteFile(file, []byte("errands: {}\n"), 0o600)).To(Succeed())
		both := run(append(f.environ, "ERRAND_CONFIG=errands: {}", "ERRAND_CONFIG_FILE="+file), "plan")
		Expect(both.code).To(Equal(1))
		Expect(both.stderr).To(ContainSubstring("ERRAND_CONFIG_FILE and ERRAND_CONFIG are both given"))
	})
})
