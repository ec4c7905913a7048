package cli_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = DescribeTable("the advice of a finding names what to set as it is set there, and no other way",
	func(o sim.Options, after time.Duration, flag, variable, key string, args ...string) {
		f := serve(o)
		f.Advance(after)
		for _, command := range []string{"preflight", "generate"} {
			r := run(f.environ, append([]string{command}, args...)...)
			said := r.stdout + r.stderr
			Expect(said).To(And(ContainSubstring(flag), Not(ContainSubstring(variable)), Not(ContainSubstring(key))), command)
			r = run(append(slices.Clone(f.environ), "ENV_FILE=", fmt.Sprintf("REQUIRE_FULL_APPLY=%t", len(args) > 0)), command)
			said = r.stdout + r.stderr
			Expect(said).To(And(ContainSubstring(variable), Not(ContainSubstring("--"+strings.ToLower(strings.ReplaceAll(variable, "_", "-")))), Not(ContainSubstring(key))), "the task "+command)
		}
	},
	Entry("VMs that have to be recreated", sim.Options{OldStemcells: true}, time.Duration(0), "or set --recreate-vms", "RECREATE", "set recreate"),
	Entry("a CA of a customer", sim.Options{CustomerCA: true}, time.Duration(0), "name them in --exclude-from-rotation: /customer/tls_ca", "EXCLUDE_FROM_ROTATION", "exclude_from_rotation"),
	Entry("an apply changes that is demanded", sim.Options{}, 31*24*time.Hour, "--require-full-apply", "REQUIRE_FULL_APPLY", "require_full_apply", "--require-full-apply"),
)
