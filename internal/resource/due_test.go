package resource_test

import (
	"encoding/json"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/resource/listing"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

const day = 24 * time.Hour

// young is a foundation where nothing is due for years.
func young() *foundation {
	GinkgoHelper()
	return serve(sim.Options{CAAge: 30 * day, LeafAge: 30 * day})
}

// as is the same foundation by a resource with another key in its source.
func (f *foundation) as(key, span string) *foundation {
	other := *f
	other.more = map[string]any{key: span}
	return &other
}

var _ = Describe("a resource with rotate_before", func() {
	It("answers an empty list when nothing is due, and then its cursor alone", func() {
		f := young().as("rotate_before", "3m")
		r := f.run(resource.Check(), map[string]any{})
		Expect(r.stdout).To(Equal("[]\n"))
		Expect(r.stderr).To(HaveSuffix("nothing new: nothing that a rotation renews expires within 3m\n"))
		former := version{"due": "0123456789abcdef0123", "expires_on": "2020-01-09", "active": "0123456789abcdef0123"}
		Expect(f.check(former)).To(Equal([]version{former}))
	})

	It("answers what is due, with two requests, for as long as it is", func() {
		f := serve(sim.Options{}).as("rotate_before", "3m")
		ca := f.Dump().CAs[0]
		due := f.check(nil)
		Expect(due).To(HaveLen(1))
		Expect(due[0]).To(And(HaveKeyWithValue("due", ca.GUID), HaveKeyWithValue("active", ca.GUID), HaveKey("expires_on"), HaveLen(3)))
		Expect(f.Ledger().Requests).To(HaveLen(2), "the token, and the CAs")
		f.Advance(30 * day)
		Expect(f.check(due[0])).To(Equal(due))
	})

	It("is got as files, without Ops Manager", func() {
		f := serve(sim.Options{}).as("rotate_before", "3m")
		due := f.check(nil)[0]
		asked := len(f.Ledger().Requests)
		a := f.in(due)
		Expect(a.Version).To(Equal(due))
		Expect(a.names()).To(Equal([]string{"due", "expires on", "active CA", "rotate before"}))
		Expect(f.Ledger().Requests).To(HaveLen(asked))
		files := f.files()
		Expect(files).To(HaveLen(6))
		Expect(files).To(And(HaveKeyWithValue("due", due["due"]), HaveKeyWithValue("expires_on", due["expires_on"]), HaveKeyWithValue("active", due["active"]),
			HaveKeyWithValue("summary.md", "# A rotation is due\n\n- **due**: "+due["due"]+"\n- **expires on**: "+due["expires_on"]+"\n- **active CA**: "+due["active"]+"\n- **rotate before**: 3m\n")))
		Expect(files["version.json"]).To(MatchJSON(encode(due)))
		Expect(files["metadata.json"]).To(MatchJSON(encode(a.Metadata)))
	})

	It("writes the report beside it when asked", func() {
		for key, span := range map[string]string{"rotate_before": "3m", "expiring": "90d"} {
			f := serve(sim.Options{}).as(key, span)
			r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": f.check(nil)[0], "params": map[string]any{"report": true}}, filepath.Join(f.build, "ca"))
			Expect(r.code).To(Equal(0), r.stderr)
			Expect(filepath.Join(f.build, "ca", "report", "report.md")).To(BeARegularFile())
			Expect(filepath.Join(f.build, "ca", "version.json")).To(BeARegularFile())
		}
	})

	It("leaves out what unrotated_certificates name", func() {
		f := serve(sim.Options{CAAge: 30 * day, LeafAge: 20 * day, LeafValidity: 60 * day}).as("rotate_before", "3m")
		due := f.check(nil)[0]["due"]
		Expect(due).NotTo(BeEmpty())
		f.more["unrotated_certificates"] = []string{due}
		Expect(f.check(nil)).To(HaveExactElements(HaveKeyWithValue("due", Not(Equal(due)))))
	})

	It("fails when Ops Manager does not list its certificates", func() {
		f := young().as("rotate_before", "3m")
		f.fault(faults.Fault{Path: "/api/v1/deployed/certificates", Effect: faults.Answer, Status: 200, Body: `{"certificates":[]}`, Times: 9})
		r := f.run(resource.Check(), map[string]any{})
		Expect(r.code).To(Equal(1))
		Expect(r.stdout).To(BeEmpty())
		Expect(r.stderr).To(ContainSubstring("error: Ops Manager did not list the deployed certificates (Ops Manager answered with an empty list"))
	})

	It("takes no put, and its folder is none for one", func() {
		f := serve(sim.Options{})
		due := f.as("rotate_before", "3m")
		due.in(due.check(nil)[0])
		r := due.put(map[string]any{"phase": "generate"})
		Expect(r.code).To(Equal(1))
		Expect(r.stderr).To(And(
			ContainSubstring("error: source.rotate_before is for a resource that only triggers, and a put to it cannot run a phase: put to the resource of the same foundation without it"),
			ContainSubstring(`error: params.from "ca" has what a get of a resource with source.rotate_before wrote: expected the folder of the resource without it`)))
		Expect(f.changing()).To(BeEmpty())
	})

	It("makes one version for a rotation, another for the next, and none on the way", func() {
		f := young()
		due := f.as("rotate_before", "3m")
		Expect(due.check(nil)).To(BeEmpty())

		var told []version
		for range 2 {
			By("time goes by")
			for range 30 {
				if len(due.check(last(told))) > min(1, len(told)) {
					break
				}
				f.Advance(60 * day)
			}
			versions := due.check(last(told))
			Expect(versions).To(HaveLen(min(1, len(told)) + 1))
			if len(told) > 0 {
				Expect(versions[0]).To(Equal(last(told)))
			}
			Expect(told).NotTo(ContainElement(versions[len(versions)-1]))
			told = append(told, versions[len(versions)-1])

			By("the rotation that it starts")
			quiet := func() { GinkgoHelper(); Expect(due.check(last(told))).To(Equal(told[len(told)-1:])) }
			before := f.Dump().CAs[0].GUID
			f.get(nil)
			r := f.put(map[string]any{"phase": "generate", "expires_within": "3m"})
			Expect(decoded(r).Version).To(HaveKeyWithValue("state", "generated"), r.stderr)
			f.in(decoded(r).Version)
			for _, phase := range []string{"verify", "activate", "regenerate", "verify", "delete", "verify"} {
				quiet()
				if phase == "verify" {
					f.apply()
					quiet()
				}
				f.must(phase)
				quiet()
			}
			Expect(f.Dump().CAs).To(HaveExactElements(HaveField("GUID", Not(Equal(before)))))
			f.Advance(30 * day)
			quiet()
		}
		Expect(f.Broken()).To(BeEmpty())
	})
})

var _ = Describe("a resource with expiring", func() {
	It("answers nothing while nothing expires", func() {
		f := young().as("expiring", "30d")
		Expect(f.run(resource.Check(), map[string]any{}).stdout).To(Equal("[]\n"))
		Expect(f.Ledger().Requests).To(HaveLen(3), "the token, the CAs, and the certificates")
	})

	It("answers one version for a set, and writes who has to act for what", func() {
		f := serve(sim.Options{ConfigurableLeaf: true, CustomerCA: true}).as("expiring", "90d")
		alert := f.check(nil)
		Expect(alert).To(HaveLen(1))
		f.Advance(2 * day)
		Expect(f.check(alert[0])).To(Equal(alert))

		a := f.in(alert[0])
		Expect(a.names()).To(Equal([]string{"expiring", "first", "last on", "who has to act"}))
		Expect(a.value("who has to act")).To(ContainSubstring("opsman-ca rotates it: "))
		files := f.files()
		Expect(files).To(HaveLen(9))
		var list struct {
			OfVersion    bool `json:"of_version"`
			Certificates []struct {
				Name, Kind, Expires, Who, How string
				DaysLeft                      *int `json:"days_left"`
			}
		}
		Expect(json.Unmarshal([]byte(files["certificates.json"]), &list)).To(Succeed())
		Expect(list.OfVersion).To(BeTrue())
		Expect(encode(len(list.Certificates))).To(Equal(alert[0]["expiring"]))
		for _, c := range list.Certificates {
			Expect(c.Who).NotTo(BeEmpty())
			Expect(c.DaysLeft).To(BeNil())
			Expect(files["summary.md"]).To(ContainSubstring("| `" + c.Name + "` | " + c.Kind + " |"))
		}
		Expect(files["summary.md"]).To(HavePrefix("# Certificates expire soon\n\n- **expiring**: " + alert[0]["expiring"] + " within 90d\n"))
		Expect(f.in(alert[0])).To(Equal(a))
	})

	It("says of an old version what became of its set", func() {
		f := serve(sim.Options{})
		f.get(nil)
		alerts := f.as("expiring", "90d")
		alert := alerts.check(nil)[0]
		f.must("generate")
		f.onward("retired")

		By("all renewed but one, which Ops Manager does not renew")
		Expect(alerts.check(alert)).To(HaveExactElements(alert, And(HaveKeyWithValue("expiring", "1"), HaveKeyWithValue("first", "/services/tls_ca"))))
		a := alerts.in(alert)
		Expect(a.Version).To(Equal(alert))
		Expect(a.value("changed since")).To(ContainSubstring("Ops Manager lists 1 of them now"))
		Expect(a.value("who has to act")).To(Equal("you, with Maestro or CredHub: 1"))
		Expect(f.files()["certificates.json"]).To(And(ContainSubstring(`"of_version": false`), ContainSubstring("/services/tls_ca")))
	})

	It("with skip_download asks Ops Manager nothing, and takes no put", func() {
		f := serve(sim.Options{}).as("expiring", "90d")
		alert := f.check(nil)[0]
		asked := len(f.Ledger().Requests)
		r := f.run(resource.In(listing.Certificates{}), map[string]any{"version": alert, "params": map[string]any{"skip_download": true}}, filepath.Join(f.build, "ca"))
		Expect(r.code).To(Equal(0), r.stderr)
		Expect(f.files()).To(And(HaveKey("summary.md"), Not(HaveKey("certificates.json"))))
		r = f.put(map[string]any{"phase": "verify"})
		Expect(r.stderr).To(ContainSubstring("error: source.expiring is for a resource that only alerts, and a put to it cannot run a phase: "))
		Expect(f.Ledger().Requests).To(HaveLen(asked))
	})
})

func last(versions []version) version {
	if len(versions) == 0 {
		return nil
	}
	return versions[len(versions)-1]
}

func encode(value any) string {
	GinkgoHelper()
	text, err := json.Marshal(value)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}
