package metrics_test

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
	"github.com/opsman-ca/opsman-ca/internal/metrics"
)

// names are all metrics that there are, in any state of a foundation.
func names() []string {
	GinkgoHelper()
	all := []string{"opsman_ca_look_errors_total"}
	finished := generated()
	finished.history = append([]evidence.Installation{installed(9, now.Add(-time.Hour), evidence.InstallationSucceeded)}, finished.history...)
	for _, o := range []*opsManager{settled(), generated(), finished, {at: now}} {
		text, err := metrics.Text(looker(o).Look(context.Background()))
		Expect(err).NotTo(HaveOccurred())
		for name := range families(text) {
			all = append(all, "opsman_ca_"+name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func read(path string) string {
	GinkgoHelper()
	content, err := os.ReadFile("../../docs/" + path)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}

var metricName = regexp.MustCompile(`opsman_ca_[a-z_]+`)

var _ = Describe("the documentation", func() {
	It("lists every metric, and none that there is not", func() {
		var listed []string
		for _, row := range regexp.MustCompile("(?m)^\\| `(opsman_ca_[a-z_]+)").FindAllStringSubmatch(read("metrics.md"), -1) {
			listed = append(listed, row[1])
		}
		slices.Sort(listed)
		Expect(listed).To(Equal(names()))
	})

	It("lists every category", func() {
		for _, c := range inventory.Categories() {
			Expect(read("report.md")).To(ContainSubstring("| `" + string(c) + "` |"))
		}
	})

	DescribeTable("asks for metrics that there are",
		func(path string) {
			asked := metricName.FindAllString(read(path), -1)
			Expect(asked).NotTo(BeEmpty())
			Expect(names()).To(ContainElements(slices.Compact(slices.Sorted(slices.Values(asked)))))
		},
		Entry(nil, "alerts/opsman-ca.yml"), Entry(nil, "alerts/opsman-ca_test.yml"), Entry(nil, "grafana/opsman-ca.json"), Entry(nil, "metrics.md"))

	It("has a test for each alert, one in which it fires", func() {
		var rules struct {
			Groups []struct {
				Rules []struct {
					Alert       string            `yaml:"alert"`
					Labels      map[string]string `yaml:"labels"`
					Annotations map[string]string `yaml:"annotations"`
				} `yaml:"rules"`
			} `yaml:"groups"`
		}
		var tests struct {
			Tests []struct {
				Alerts []struct {
					Name string `yaml:"alertname"`
					Exp  []any  `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			} `yaml:"tests"`
		}
		Expect(yaml.Unmarshal([]byte(read("alerts/opsman-ca.yml")), &rules)).To(Succeed())
		Expect(yaml.Unmarshal([]byte(read("alerts/opsman-ca_test.yml")), &tests)).To(Succeed())
		var fires, alerts []string
		for _, t := range tests.Tests {
			for _, a := range t.Alerts {
				if len(a.Exp) > 0 {
					fires = append(fires, a.Name)
				}
			}
		}
		for _, g := range rules.Groups {
			for _, r := range g.Rules {
				alerts = append(alerts, r.Alert)
				Expect(r.Labels["severity"]).To(BeElementOf("warning", "critical"), r.Alert)
				Expect(r.Annotations).To(And(HaveKey("summary"), HaveKey("description")), r.Alert)
				Expect(read("metrics.md")).To(ContainSubstring("| `" + r.Alert + "` |"))
			}
		}
		Expect(alerts).NotTo(BeEmpty())
		Expect(slices.Compact(slices.Sorted(slices.Values(fires)))).To(Equal(slices.Sorted(slices.Values(alerts))))
	})

	It("has a dashboard that Grafana can read, with panels that do not lie upon one another", func() {
		var dashboard struct {
			Title  string
			Panels []struct {
				ID      int
				Title   string
				GridPos struct{ X, Y, W, H int }
				Targets []struct{ Expr string }
			}
		}
		Expect(json.Unmarshal([]byte(read("grafana/opsman-ca.json")), &dashboard)).To(Succeed())
		Expect(dashboard.Title).NotTo(BeEmpty())
		type cell struct{ x, y int }
		taken := map[cell]string{}
		for _, p := range dashboard.Panels {
			Expect(p.Title).NotTo(BeEmpty())
			Expect(p.Targets).NotTo(BeEmpty(), p.Title)
			for _, t := range p.Targets {
				Expect(t.Expr).To(ContainSubstring(`foundation=~"$foundation"`), p.Title)
			}
			Expect(p.GridPos.X+p.GridPos.W).To(BeNumerically("<=", 24), p.Title)
			for x := range p.GridPos.W {
				for y := range p.GridPos.H {
					at := cell{p.GridPos.X + x, p.GridPos.Y + y}
					Expect(taken).NotTo(HaveKey(at), p.Title)
					taken[at] = p.Title
				}
			}
		}
	})
})
