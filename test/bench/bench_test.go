package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"
)

// counts are requests on an Ops Manager with certificates v1, and on one without.
type counts struct{ v1, v0 int }

// figures of a line of Go's benchmark format, by their units.
type figures map[string]float64

var line = regexp.MustCompile(`^BenchmarkProcess/(\S+)-\d+ 1 (.+)$`)

// read takes what benchstat would take.
func read(path string) map[string]figures {
	GinkgoHelper()
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	all := map[string]figures{}
	for one := range strings.Lines(string(text)) {
		match := line.FindStringSubmatch(strings.TrimSpace(one))
		if match == nil {
			Expect(one).To(MatchRegexp(`^(goos|goarch|pkg): `))
			continue
		}
		fields := strings.Fields(match[2])
		Expect(len(fields)%2).To(BeZero(), one)
		all[match[1]] = figures{}
		for n := 0; n < len(fields); n += 2 {
			value, err := strconv.ParseFloat(fields[n], 64)
			Expect(err).NotTo(HaveOccurred(), one)
			all[match[1]][fields[n+1]] = value
		}
	}
	return all
}

// in what situations check sends how many requests, the login included: at most 3
// while nothing of a rotation is in sight, at most 5 in any other.
//
// The exception is where a certificate looks outdated although every product is proven:
// one of those that Ops Manager excludes would be no hindrance, and v1 does not mark
// them, so it is asked for them as well.
//
// Up to Ops Manager 3.0.16 there is no certificates v1, which one more request finds
// out.
var sends = map[string]counts{
	"settled-first":    {2, 2},
	"settled":          {2, 2},
	"generated":        {4, 4},
	"trusted-arrival":  {5, 5},
	"trusted":          {5, 5},
	"activated":        {5, 5},
	"regenerated":      {4, 4},
	"replaced-arrival": {5, 5},
	"replaced":         {5, 5},
	"retired":          {4, 4},
	"settled-arrival":  {5, 5},
	"settled-after":    {2, 2},
	"late":             {6, 5},
	"blocked":          {2, 2},
}

var _ = Describe("bench", Ordered, func() {
	var (
		runs   map[string]figures
		output string
	)
	BeforeAll(func(ctx SpecContext) {
		lines := filepath.Join(GinkgoT().TempDir(), "lines")
		command := exec.CommandContext(ctx, filepath.Join(folder, "bench"), "-bin", folder, "-tools", folder,
			"-out", lines, "-runs", "1", "-small", "-history", "40", "-certificates", "200")
		session, err := gexec.Start(command, GinkgoWriter, GinkgoWriter)
		Expect(err).NotTo(HaveOccurred())
		Eventually(session, 3*time.Minute).Should(gexec.Exit(0))
		output = string(session.Out.Contents())
		runs = read(lines)
	}, NodeTimeout(4*time.Minute))

	DescribeTable("counts what check sends on Ops Manager", func(version string, of func(counts) int) {
		for situation, count := range sends {
			Expect(runs).To(HaveKey("check/" + version + "-" + situation))
			Expect(runs["check/"+version+"-"+situation]["requests/op"]).To(BeEquivalentTo(of(count)), situation)
			Expect(runs["check/"+version+"-"+situation]["connections/op"]).To(BeEquivalentTo(1), situation)
		}
	},
		Entry("2.10", "2.10", func(c counts) int { return c.v0 }),
		Entry("3.0 without certificates v1", "3.0", func(c counts) int { return c.v0 }),
		Entry("3.1", "3.1", func(c counts) int { return c.v1 }),
		Entry("3.3", "3.3", func(c counts) int { return c.v1 }),
	)

	It("has no situation whose requests are not counted", func() {
		counted := 0
		for name := range runs {
			if strings.HasPrefix(name, "check/2.10-") && !strings.Contains(name, "history") {
				counted++
			}
		}
		Expect(counted).To(Equal(len(sends)))
	})

	It("measures every program beside om", func() {
		programs := []string{"check", "floor", "in", "status", "report", "om-certificate-authorities", "om-installations", "om-expiring-certificates"}
		if _, err := exec.LookPath("curl"); err == nil {
			programs = append(programs, "curl")
		}
		for _, name := range programs {
			f := runs[name+"/settled"]
			for _, unit := range []string{"ns/op", "cpu-ns/op", "rss-KiB", "requests/op", "sent-B/op", "received-B/op", "first-byte-ns"} {
				Expect(f[unit]).To(BeNumerically(">", 0), name+" "+unit)
			}
			Expect(f["first-byte-ns"]).To(BeNumerically("<", f["ns/op"]), name+" sent nothing before its end")
		}
	})

	It("does not count the memory of what starts the programs", func() {
		match := regexp.MustCompile(`/bin/true has (\d+) KiB`).FindStringSubmatch(output)
		Expect(match).NotTo(BeNil(), output)
		floor, err := strconv.Atoi(match[1])
		Expect(err).NotTo(HaveOccurred())
		Expect(floor).To(BeNumerically("<", 6<<10))
	})

	It("lets the latency through", func() {
		// TLS, the login, the list: no machine is faster than its network.
		Expect(runs["check/far"]["ns/op"]).To(BeNumerically(">=", float64(3*50*time.Millisecond)))
	})

	It("reads a history in pages where there are any, and reports every certificate", func() {
		for _, installations := range []int{10, 40} {
			Expect(runs).To(HaveKey(fmt.Sprintf("check/3.1-history-%d", installations)))
			Expect(runs).To(HaveKey(fmt.Sprintf("check/2.10-history-%d", installations)))
		}
		paged := runs["check/3.1-history-40"]["received-B/op"] / runs["check/3.1-history-10"]["received-B/op"]
		whole := runs["check/2.10-history-40"]["received-B/op"] / runs["check/2.10-history-10"]["received-B/op"]
		Expect(whole).To(BeNumerically(">", paged))
		Expect(runs["report/certificates-200"]["received-B/op"]).To(BeNumerically(">", runs["report/certificates-100"]["received-B/op"]))
	})

	It("says of every target whether it holds", func() {
		_, targets, found := strings.Cut(output, "### Targets")
		Expect(found).To(BeTrue())
		Expect(regexp.MustCompile(`(?m)\| (holds|\*\*missed\*\*) \|$`).FindAllString(targets, -1)).To(HaveLen(13))
		for missed := range strings.Lines(targets) {
			if strings.HasSuffix(missed, "| **missed** |\n") {
				Expect(targets).To(ContainSubstring("target missed: " + strings.TrimSpace(strings.Split(missed, "|")[1])))
			}
		}
	})
})

var _ = DescribeTable("bench refuses", func(ctx SpecContext, want string, args ...string) {
	session, err := gexec.Start(exec.CommandContext(ctx, filepath.Join(folder, "bench"), append([]string{"-bin", folder}, args...)...), GinkgoWriter, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	Eventually(session, time.Minute).Should(gexec.Exit(1))
	Expect(string(session.Err.Contents())).To(ContainSubstring(want))
},
	Entry("no runs", "-runs has to be 1 or more", "-runs", "0"),
	Entry("a part that it does not know", `"everything" is not known: expected some of settled, states`, "-only", "everything"),
	Entry("a folder without binaries", "run `make build bin/om-quick` first", "-bin", "/nowhere"),
	Entry("what is no flag", `got ["check"]`, "check"),
)
