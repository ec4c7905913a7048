package sim_test

import (
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

func stemcell(text string) sim.Stemcell {
	GinkgoHelper()
	s, err := sim.ParseStemcell(text)
	Expect(err).NotTo(HaveOccurred())
	return s
}

// onStemcells are the small tiles on these stemcells.
func onStemcells(cf, mysql string) []sim.Tile {
	GinkgoHelper()
	tiles := smallTiles()
	tiles[0].Stemcell, tiles[1].Stemcell = stemcell(cf), stemcell(mysql)
	return tiles
}

// lost are the products and service instances that broken handshakes are about.
func lost(om *opsman) map[string]bool {
	all := map[string]bool{}
	for _, h := range om.Broken() {
		for _, name := range []string{h.Client, h.Server} {
			if kind, _, _ := strings.Cut(name, "/"); !strings.HasPrefix(kind, "p-bosh") {
				kind, _, _ = strings.Cut(kind, "-")
				all[kind] = true
			}
		}
	}
	return all
}

// upToRegenerate rotates up to the second apply, which may fail.
func upToRegenerate(om *opsman) error {
	GinkgoHelper()
	guid := om.generate()
	Expect(om.apply()).To(Succeed())
	om.mustPost(activatePath(guid), nil)
	om.mustPost(cas+"/active/regenerate", nil)
	return om.apply()
}

const (
	pendingPath = "/api/v0/staged/pending_changes"
	reportPath  = "/api/v0/diagnostic_report"
	newJammy    = "ubuntu-jammy/1.390"
)

var _ = Describe("stemcells", func() {
	DescribeTable("below the minimum of their line lose their VMs, unless they are recreated (facts 4.4)", func(version, text string, taken bool) {
		om := loggedIn(sim.Options{Version: version, Tiles: onStemcells(text, newJammy), SafetyChecks: off()})
		err := upToRegenerate(om)
		if taken {
			Expect(err).NotTo(HaveOccurred())
			Expect(om.Broken()).To(BeEmpty())
			return
		}
		Expect(err).To(MatchError(ContainSubstring("unknown authority")))
		Expect(lost(om)).To(HaveKey("cf"))
		Expect(lost(om)).NotTo(Or(HaveKey("p.mysql"), HaveKey("service")), "whose stemcell is new")
	},
		Entry("Xenial at the minimum", "2.10.60-build.1", "ubuntu-xenial/621.171", true),
		Entry("Xenial below it", "2.10.60-build.1", "xenial/621.99", false),
		Entry("Jammy at the minimum", "3.0.10-build.1", "ubuntu-jammy/1.8", true),
		Entry("Jammy 1.10, which is newer than 1.8", "3.0.10-build.1", "ubuntu-jammy/1.10", true),
		Entry("Jammy below it", "3.0.10-build.1", "ubuntu-jammy/1.5", false),
		Entry("Bionic at the minimum", "3.1.2-build.5", "ubuntu-bionic/1.36", true),
		Entry("Bionic below it", "3.1.2-build.5", "ubuntu-bionic/1.9", false),
		Entry("Noble", "3.3.0-build.10", "ubuntu-noble/1.1", true),
		Entry("Trusty", "2.10.60-build.1", "ubuntu-trusty/3586.100", false),
		Entry("Windows 2019 at the minimum", "2.10.60-build.1", "windows2019/2019.41", true),
		Entry("Windows 2019 below it", "2.10.60-build.1", "windows2019/2019.9", false),
		Entry("Windows 1803", "2.10.60-build.1", "windows1803/1803.99", false),
		Entry("a FIPS file", "3.1.2-build.5", "bosh-stemcell-1.390-vsphere-esxi-ubuntu-jammy-fips-go_agent.tgz", true),
		Entry("a light file", "3.1.2-build.5", "light-bosh-stemcell-1.5-aws-xen-hvm-ubuntu-jammy-go_agent.tgz", false),
	)

	It("do not matter below Ops Manager 2.10.20, where every VM has to be recreated (facts 3.20)", func() {
		om := loggedIn(sim.Options{Version: "2.10.10-build.1", SafetyChecks: off()})
		Expect(upToRegenerate(om)).To(MatchError(ContainSubstring("unknown authority")))
		Expect(lost(om)).To(And(HaveKey("cf"), HaveKey("p.mysql"), HaveKey("service")))
		om = loggedIn(sim.Options{Version: "2.10.20-build.1", SafetyChecks: off()})
		Expect(upToRegenerate(om)).To(Succeed())
	})

	DescribeTable("that are old everywhere lose every VM of the usual foundation", func(version string) {
		// The flags of `opsman-sim serve --old-stemcells`, and the calls of a rotation.
		om := loggedIn(sim.Options{Version: version, OldStemcells: true, Tiles: sim.DefaultTiles()})
		Expect(upToRegenerate(om)).NotTo(Succeed())
		Expect(om.Broken()).To(HaveLen(38))
		agents := map[string]bool{}
		for _, h := range om.Broken() {
			Expect(h.Kind).To(Equal("agent"))
			agents[h.Client] = true
		}
		Expect(agents).To(HaveLen(len(om.Dump().VMs) - 1))
	}, Entry("2.10", "2.10.60-build.1"), Entry("3.0", "3.0.10-build.1"))

	It("of service instances are their tile's; only the recreate errand makes them anew, and the log tells (facts 4.3)", func() {
		om := loggedIn(sim.Options{OldStemcells: true, SafetyChecks: off()})
		guid := om.generate()
		Expect(om.Operator(sim.Action{Do: "apply", Recreate: true, Wait: true})).To(Succeed())
		trusting := func(instances bool) (all, anew int) {
			for _, v := range om.Dump().VMs {
				if strings.HasPrefix(v.Deployment, "service-instance_") == instances {
					all++
					if slices.Contains(v.NATSTrusts, guid) {
						anew++
					}
				}
			}
			return all, anew
		}
		all, anew := trusting(false)
		Expect(anew).To(Equal(all))
		_, anew = trusting(true)
		Expect(anew).To(Equal(0), "upgrade-all recreates nothing")
		log := om.Log(3)
		Expect(log).To(And(MatchRegexp(`--deployment=cf-\S+ deploy \S+\.yml --recreate"`), MatchRegexp(`create-env \S+ --recreate"`)))

		By("being made anew by the errand")
		Expect(om.Operator(sim.Action{Do: "errand", Product: "p.mysql", Errand: sim.RecreateAllErrand, On: true})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "apply", Recreate: true, Wait: true})).To(Succeed())
		all, anew = trusting(true)
		Expect(anew).To(Equal(all))

		By("being made anew by hand, one after the other")
		om = loggedIn(sim.Options{OldStemcells: true, SafetyChecks: off()})
		guid = om.generate()
		Expect(om.Operator(sim.Action{Do: "apply", Recreate: true, Wait: true})).To(Succeed())
		for i, d := range om.Dump().Products[2].Deployments[1:] {
			Expect(om.Operator(sim.Action{Do: "recreate", Deployment: d})).To(Succeed())
			_, anew = trusting(true)
			Expect(anew).To(Equal(i + 1))
		}
		Expect(om.Operator(sim.Action{Do: "recreate", Product: "p.mysql"})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "recreate", Product: "cf"})).To(MatchError(ContainSubstring("no such deployment")))
		om.mustPost(activatePath(guid), nil)
		om.mustPost(cas+"/active/regenerate", nil)
		Expect(om.apply()).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})

	It("may have a tile with service instances and no errand that recreates them", func() {
		tiles := smallTiles()
		tiles[1] = tiles[1].Without(sim.RecreateAllErrand)
		om := loggedIn(sim.Options{OldStemcells: true, Tiles: tiles})
		Expect(om.get("/api/v0/staged/products/" + om.Dump().Products[2].GUID + "/errands").text).To(And(
			ContainSubstring(sim.UpgradeAllErrand), Not(ContainSubstring(sim.RecreateAllErrand))))
	})

	stemcellsOf := func(row any, form string) any {
		if object(row)[form] == nil {
			return nil
		}
		return object(object(row)[form])["stemcells"]
	}

	It("are the real ones in pending_changes and in the report (facts 3.16, 3.19)", func() {
		om := loggedIn(sim.Options{Tiles: onStemcells("xenial/621.100", "ubuntu-jammy/1.5")})
		rows := items(om.get(pendingPath).body["product_changes"])
		Expect(stemcellsOf(rows[1], "deployed")).To(ConsistOf(Equal(map[string]any{
			"label": "Ubuntu Xenial", "name": "bosh-vsphere-esxi-ubuntu-xenial-go_agent", "os": "ubuntu-xenial", "version": "621.100",
		})))
		Expect(stemcellsOf(rows[2], "deployed")).To(ConsistOf(HaveKeyWithValue("version", "1.5")))
		report := object(om.get(reportPath).body["added_products"])
		Expect(items(report["deployed"])[1]).To(And(HaveKeyWithValue("name", "cf"), HaveKeyWithValue("stemcells", ConsistOf(Equal(map[string]any{
			"filename": "bosh-stemcell-621.100-vsphere-esxi-ubuntu-xenial-go_agent.tgz", "os": "ubuntu-xenial", "version": "621.100",
		})))))
	})

	It("are old ones where all are, but for the director's", func() {
		om := loggedIn(sim.Options{OldStemcells: true})
		rows := items(om.get(pendingPath).body["product_changes"])
		Expect(stemcellsOf(rows[0], "deployed")).To(ConsistOf(HaveKeyWithValue("version", "1.390")))
		for _, row := range rows[1:] {
			Expect(stemcellsOf(row, "deployed")).To(ConsistOf(HaveKeyWithValue("version", "1.5")))
		}
	})

	It("of single jobs are listed with the tile's", func() {
		tiles := smallTiles()
		tiles[0].JobStemcells = map[string]sim.Stemcell{"compute": stemcell("windows2019/2019.9")}
		om := loggedIn(sim.Options{Tiles: tiles, SafetyChecks: off()})
		Expect(stemcellsOf(items(om.get(pendingPath).body["product_changes"])[1], "deployed")).To(ConsistOf(
			HaveKeyWithValue("os", "ubuntu-jammy"), And(HaveKeyWithValue("os", "windows2019"), HaveKeyWithValue("label", "Windows 2019"))))
		Expect(upToRegenerate(om)).NotTo(Succeed())
		for _, h := range om.Broken() {
			Expect(h.Client + h.Server).To(ContainSubstring("/compute/"))
		}
	})

	It("are left out of pending_changes, and of the report's forms, as asked for", func() {
		om := loggedIn(sim.Options{NoPendingStemcells: true, ReportAsArray: true})
		Expect(om.get(pendingPath).text).NotTo(ContainSubstring("stemcells\":["))
		Expect(items(om.get(reportPath).body["added_products"])[1]).To(HaveKeyWithValue("stemcells", HaveLen(1)))
		for _, o := range []sim.Options{{Version: "2.5.9-build.1"}, {ReportStemcellNames: true}} {
			om = loggedIn(o)
			added := object(om.get(reportPath).body["added_products"])
			Expect(items(added["deployed"])[1]).To(And(
				HaveKeyWithValue("stemcell", "bosh-stemcell-1.390-vsphere-esxi-ubuntu-jammy-go_agent.tgz"), Not(HaveKey("stemcells"))))
		}
	})

	It("that are upgraded make VMs anew, and no failed apply is told by what is shown (KB-421190)", func() {
		om := loggedIn(sim.Options{OldStemcells: true, SafetyChecks: off()})
		Expect(om.Operator(sim.Action{Do: "stemcell", Stemcell: newJammy})).To(Succeed())
		shown := func(form string) any { return stemcellsOf(items(om.get(pendingPath).body["product_changes"])[1], form) }
		Expect(shown("staged")).To(ConsistOf(HaveKeyWithValue("version", "1.390")))
		Expect(shown("deployed")).To(ConsistOf(HaveKeyWithValue("version", "1.5")))

		fault(om, faults.Fault{Effect: faults.FailProduct, Product: "cf"})
		Expect(om.apply()).NotTo(Succeed())
		Expect(shown("deployed")).To(ConsistOf(HaveKeyWithValue("version", "1.390")))
		Expect(shown("last_successful_deploy")).To(ConsistOf(HaveKeyWithValue("version", "1.5")))
		Expect(om.get(reportPath).text).NotTo(ContainSubstring("bosh-stemcell-1.5-"))
		on := map[string]int{}
		for _, v := range om.Dump().VMs {
			on[v.Stemcell]++
		}
		Expect(on).To(HaveKeyWithValue("ubuntu-jammy/1.5", 5))

		Expect(om.apply()).To(Succeed())
		for _, v := range om.Dump().VMs {
			Expect(v.Stemcell).To(Equal(newJammy))
		}
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(om.Broken()).To(BeEmpty())
	})

	It("that were staged are reverted", func() {
		om := loggedIn(sim.Options{})
		Expect(om.Operator(sim.Action{Do: "stemcell", Product: "cf", Stemcell: "noble/1.1"})).To(Succeed())
		Expect(om.Operator(sim.Action{Do: "stemcell", Product: "cf", Stemcell: "the newest"})).To(MatchError(ContainSubstring("write it as")))
		Expect(om.get(pendingPath).text).To(And(ContainSubstring("ubuntu-noble"), ContainSubstring(`"action":"update"`)))
		Expect(om.call(http.MethodDelete, "/api/v0/staged", nil).status).To(Equal(http.StatusNoContent))
		Expect(om.get(pendingPath).text).NotTo(ContainSubstring("ubuntu-noble"))
	})

	It("of instances that no errand upgraded since are their old ones, until the upgrade errand", func() {
		tiles := smallTiles()
		tiles[1].InstanceStemcell = stemcell("ubuntu-jammy/1.5")
		om := loggedIn(sim.Options{Tiles: tiles})
		old := func() (n int) {
			for _, v := range om.Dump().VMs {
				if v.Stemcell == "ubuntu-jammy/1.5" {
					n++
				}
			}
			return n
		}
		Expect(old()).To(Equal(2))
		Expect(upToRegenerate(om)).To(Succeed())
		Expect(old()).To(Equal(0))
		Expect(om.Broken()).To(BeEmpty())
	})

	It("may be hidden by v1, which then takes a deployment for its VMs", func() {
		for _, byDeployment := range []bool{false, true} {
			om := loggedIn(sim.Options{OldStemcells: true, V1NATSByDeployment: byDeployment})
			guid := om.generate()
			Expect(om.apply()).To(Succeed())
			for _, row := range rows(om.get("/api/v1/deployed/certificates?no_cache=true").body["certificates"]) {
				if strings.HasSuffix(text(row["name"]), "nats_ca."+guid) {
					Expect(len(items(row["outdated_deployments"])) == 0).To(Equal(byDeployment))
				}
			}
		}
	})
})
