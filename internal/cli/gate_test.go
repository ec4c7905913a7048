package cli_test

import (
	"bytes"
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/cli"
)

// passing runs the gate at a time, and has no Ops Manager.
func passing(now string, environ ...string) ran {
	GinkgoHelper()
	at, err := time.Parse(time.RFC3339, now)
	Expect(err).NotTo(HaveOccurred())
	var stdout, stderr bytes.Buffer
	code := cli.Main(context.Background(), cli.Environment{
		Stdout: &stdout, Stderr: &stderr, Args: []string{"gate"}, Environ: append(environ, "ENV_FILE=env.yml"),
		Now: func() time.Time { return at },
	})
	return ran{code, stdout.String(), stderr.String()}
}

var _ = Describe("a gate", func() {
	// 28 November 2026 is a Saturday.
	DescribeTable("passes while its window is open",
		func(window, now string, open bool) {
			r := passing(now, "IN_WINDOW=true", "WINDOW="+window)
			if open {
				Expect(r.code).To(BeZero(), r.stderr)
				Expect(r.stderr).To(ContainSubstring("is open"))
				return
			}
			Expect(r.code).To(Equal(1))
			Expect(r.stderr).To(And(ContainSubstring("is closed at"), ContainSubstring("nothing was done")))
		},
		Entry("when it begins", `{"days":["Saturday"],"start":"01:00","stop":"05:00"}`, "2026-11-28T01:00:00Z", true),
		Entry("a minute before", `{"days":["Saturday"],"start":"01:00","stop":"05:00"}`, "2026-11-28T00:59:59Z", false),
		Entry("when it ends", `{"days":["Saturday"],"start":"01:00","stop":"05:00"}`, "2026-11-28T05:00:00Z", false),
		Entry("on another day", `{"days":["Saturday"],"start":"01:00","stop":"05:00"}`, "2026-11-29T02:00:00Z", false),
		Entry("on one of more days", `{"days":["saturday","Sunday"],"start":"1AM","stop":"5:00 AM"}`, "2026-11-29T02:00:00Z", true),
		Entry("elsewhere", `{"start":"0100","stop":"0500","location":"Europe/Berlin"}`, "2026-11-28T00:30:00Z", true),
		Entry("elsewhere, in summer", `{"start":"01:00","stop":"05:00","location":"Europe/Berlin"}`, "2026-06-28T03:00:00Z", false),
		Entry("over midnight, in the evening", `{"days":["Saturday"],"start":"22:00","stop":"04:00"}`, "2026-11-28T23:00:00Z", true),
		Entry("over midnight, in the morning", `{"days":["Saturday"],"start":"22:00","stop":"04:00"}`, "2026-11-29T03:59:00Z", false),
		Entry("over midnight, in the morning of its day", `{"days":["Saturday"],"start":"22:00","stop":"04:00"}`, "2026-11-28T03:00:00Z", true),
		Entry("over midnight, in the morning, with both days", `{"days":["Sat","sun"],"start":"22:00","stop":"04:00"}`, "2026-11-29T03:59:00Z", true),
		Entry("over midnight, at noon", `{"days":["Saturday"],"start":"22:00","stop":"04:00"}`, "2026-11-28T12:00:00Z", false),
		Entry("a whole day", `{"days":["Saturday"],"start":"06:00","stop":"06:00"}`, "2026-11-28T12:00:00Z", true),
		Entry("with an offset", `{"start":"02:00 +0100","stop":"6:00 AM +0100"}`, "2026-11-28T01:00:00Z", true),
		Entry("with an offset, which is one of UTC", `{"start":"02:00 +0100","stop":"6:00 AM +0100"}`, "2026-11-28T05:00:00Z", false),
		Entry("after a date", `{"start_after":"2026-11-28T01:00","location":"Europe/Berlin"}`, "2026-11-28T00:00:01Z", true),
		Entry("before a date", `{"start_after":"2026-11-28"}`, "2026-11-28T00:00:00Z", false),
		Entry("days alone", `{"days":["Saturday"]}`, "2026-11-28T12:00:00Z", true),
		Entry("days alone, on another", `{"days":["Saturday"]}`, "2026-11-27T12:00:00Z", false),
		Entry("with what is the resource's business", `{"interval":"15m","initial_version":true}`, "2026-11-27T12:00:00Z", true),
	)

	It("passes at any time where it waits for no window, whatever that is", func() {
		for _, window := range []string{"", "nonsense", `{"days":["Saturday"]}`} {
			Expect(passing("2026-11-27T12:00:00Z", "IN_WINDOW=false", "WINDOW="+window).code).To(BeZero())
		}
	})

	DescribeTable("stays closed where it cannot tell when its window is, and names all that is wrong",
		func(window string, problems ...string) {
			r := passing("2026-11-28T02:00:00Z", "IN_WINDOW=true", "WINDOW="+window)
			Expect(r.code).To(Equal(1))
			for _, problem := range problems {
				Expect(r.stderr).To(ContainSubstring(problem))
			}
		},
		Entry("none", "", "WINDOW is no source of a time resource"),
		Entry("text", "Saturday", "WINDOW is no source of a time resource"),
		Entry("a number for a time, as YAML reads 0100", `{"start":100,"stop":500}`, "WINDOW is no source of a time resource"),
		Entry("everything at once", `{"days":["Caturday"],"start":"25:00","location":"Europe/Bielefeld"}`, `"Caturday"`, `start "25:00"`, `"Europe/Bielefeld"`, "one of start and stop"),
		Entry("a date that is none", `{"start_after":"tomorrow"}`, `start_after "tomorrow"`),
	)
})
