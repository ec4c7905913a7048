package cli_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("what an error asks for", func() {
	// without is the environment without one variable.
	without := func(f *foundation, name string) []string {
		var rest []string
		for _, v := range f.environ {
			if !strings.HasPrefix(v, name+"=") {
				rest = append(rest, v)
			}
		}
		return rest
	}

	DescribeTable("is a flag for people and a param for a task",
		func(task []string, ca, accept string) {
			f := serve(sim.Options{Passphrase: "opensesame"})
			trusting := append(append([]string{}, f.environ...), task...)

			By("a certificate that is not trusted")
			r := run(append(without(f, "OM_CA_CERT"), task...), "status")
			Expect(r.stderr).To(ContainSubstring(" as " + ca + ", or ca-cert in the env file"))
			Expect(r.stderr).NotTo(ContainSubstring("ca_cert"))

			By("what can be accepted")
			Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
			r = run(trusting, "generate")
			Expect(r.stderr).To(ContainSubstring(`if you know better, add "pending-changes" to ` + accept + "\n"))
			r = run(trusting, "status")
			Expect(r.stdout).To(ContainSubstring(`add "pending-changes" to ` + accept))
			r = run(trusting, "status", "--json")
			Expect(r.stdout).To(ContainSubstring(`add \"pending-changes\" to ` + accept))

			By("a lock")
			f.operate("lock")
			r = run(trusting, "status")
			Expect(r.stderr).To(ContainSubstring("): set OM_DECRYPTION_PASSPHRASE, or decryption-passphrase in the env file, or enter the passphrase in its web page"))
			r = run(append(trusting, "OM_DECRYPTION_PASSPHRASE=wrong"), "status")
			Expect(r.stderr).To(ContainSubstring("refused the passphrase: check OM_DECRYPTION_PASSPHRASE, or decryption-passphrase in the env file"))
		},
		Entry("people", nil, "--ca-cert", "--accept"),
		Entry("a task", []string{"ENV_FILE=", "ACCEPT="}, "OM_CA_CERT", "ACCEPT"),
	)

	DescribeTable("of the leaf certificates alone",
		func(task []string, dry string, flags ...string) {
			f := serve(sim.Options{})
			environ := append(append([]string{}, f.environ...), task...)
			Expect(run(environ, append([]string{"regenerate"}, flags...)...).stderr).To(ContainSubstring("next: " + dry + "\n"))
		},
		Entry("people", nil, "regenerate with --leaf-only, and without --dry-run", "--leaf-only", "--dry-run"),
		Entry("a task", []string{"ENV_FILE=", "LEAF_ONLY=true", "DRY_RUN=true"}, "regenerate with LEAF_ONLY, and without DRY_RUN"),
	)

	It("is left alone where a server says nearly the same", func() {
		f := serve(sim.Options{Tiles: []sim.Tile{{Identifier: "cf", Label: "set decryption_passphrase, add x to accept", Version: "1", Jobs: []sim.Job{{Name: "router", Instances: 1}}}}})
		Expect(f.Operator(sim.Action{Do: "stage", Product: "cf"})).To(Succeed())
		Expect(run(append(f.environ, "ENV_FILE="), "generate").stderr).To(ContainSubstring("set decryption_passphrase, add x to accept"))
	})
})
