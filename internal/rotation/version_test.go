package rotation_test

import (
	"maps"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
)

var _ = Describe("ParseVersion", func() {
	DescribeTable("reads what Map wrote",
		func(v *rotation.Version) {
			parsed, err := rotation.ParseVersion(v.Map())
			Expect(err).NotTo(HaveOccurred())
			Expect(parsed).To(Equal(*v))
			for key, value := range v.Map() {
				Expect(value).NotTo(BeEmpty(), key)
			}
		},
		Entry("settled, first seen", settled(guidA)),
		Entry("settled, at the end", ended(guidB, guidA, "10")),
		Entry("generated", generated(guidA, guidB, "4")),
		Entry("generated, nothing installed yet", generated(guidA, guidB, "0")),
		Entry("trusted", trusted(guidA, guidB, "6")),
		Entry("activated, trusted", activated(guidB, guidA, "6", "6")),
		Entry("activated, not trusted", activated(guidB, guidA, "6", "")),
		Entry("regenerated", regenerated(guidB, guidA, "7", "6")),
		Entry("replaced", replaced(guidB, guidA, "8", "6")),
		Entry("retired", retired(guidB, guidA, "8")),
		Entry("retired in its second turn", &rotation.Version{State: rotation.Retired, Active: guidB, Removed: guidA, Installation: "8", Turn: "1"}),
		Entry("renewed", renewed(guidA, "9", "2026-03-02T10:00:00Z")),
		Entry("renewed right behind a rotation, by an Ops Manager without a clock", &rotation.Version{State: rotation.Renewed, Active: guidB, Removed: guidA, Installation: "10"}),
		Entry("blocked on top of renewed", stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, renewed(guidA, "9", "2026-03-02T10:00:00Z"))),
		Entry("blocked, nothing known", stuck(rotation.ReasonNoCAs, "", nil)),
		Entry("blocked on top of settled", stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, settled(guidA))),
		Entry("blocked on top of trusted", stuck(rotation.ReasonTooManyCAs, guidA+","+guidB+","+guidC, trusted(guidA, guidB, "6"))),
		Entry("blocked on top of replaced", stuck(rotation.ReasonNoneActive, guidA+","+guidB, replaced(guidB, guidA, "8", "6"))),
		Entry("blocked on top of retired", stuck(rotation.ReasonNoCAs, "", retired(guidB, guidA, "8"))),
	)

	with := func(v *rotation.Version, key, value string) map[string]string {
		m := maps.Clone(v.Map())
		m[key] = value
		return m
	}
	without := func(v *rotation.Version, key string) map[string]string {
		m := maps.Clone(v.Map())
		delete(m, key)
		return m
	}
	const example = `for example "f7bc18f34f2a7a9403c3"`
	malformed := func(key, value, like string) string {
		return key + ` "` + value + `" is malformed: expected something like "` + like + `"`
	}
	const aGUID = "f7bc18f34f2a7a9403c3"

	DescribeTable("refuses",
		func(m map[string]string, messages ...string) {
			v, err := rotation.ParseVersion(m)
			Expect(err).To(HaveOccurred())
			Expect(v).To(BeZero())
			Expect(strings.Split(err.Error(), "\n")).To(ConsistOf(messages))
		},
		Entry("nothing at all", map[string]string(nil), `state is missing: expected one of the states of a rotation, for example "state": "settled"`),
		Entry("no state", without(settled(guidA), "state"), `state is missing: expected one of the states of a rotation, for example "state": "settled"`),
		Entry("an unknown state", with(settled(guidA), "state", "Settled"),
			`state "Settled" is not a state: expected one of settled, generated, trusted, activated, regenerated, replaced, retired, renewed, blocked; if a newer build of the image made it, go back to that build`),
		Entry("an unknown key", with(settled(guidA), "ref", "main"),
			`unknown key "ref": a version of this resource has active, candidate, cas, installation, reason, recreate, removed, renewed, retiring, since, state, trusted, turn, was; if a newer build of the image made it, go back to that build`),
		Entry("settled without its CA", without(settled(guidA), "active"), "active is missing: a version of state settled has it, "+example),
		Entry("settled with a candidate", with(settled(guidA), "candidate", guidB), "candidate does not belong to a version of state settled"),
		Entry("settled with a retiring CA", with(settled(guidA), "retiring", guidB), "retiring does not belong to a version of state settled"),
		Entry("generated without the candidate", without(generated(guidA, guidB, "4"), "candidate"), "candidate is missing: a version of state generated has it, "+example),
		Entry("generated without the installation", without(generated(guidA, guidB, "4"), "installation"), `installation is missing: a version of state generated has it, for example "184"`),
		Entry("generated with trust", with(generated(guidA, guidB, "4"), "trusted", "4"), "trusted does not belong to a version of state generated"),
		Entry("trusted with a removed CA", with(trusted(guidA, guidB, "6"), "removed", guidC), "removed does not belong to a version of state trusted"),
		Entry("activated without the retiring CA", without(activated(guidB, guidA, "6", "6"), "retiring"), "retiring is missing: a version of state activated has it, "+example),
		Entry("replaced with a candidate", with(replaced(guidB, guidA, "8", "6"), "candidate", guidC), "candidate does not belong to a version of state replaced"),
		Entry("retired without the removed CA", without(retired(guidB, guidA, "8"), "removed"), "removed is missing: a version of state retired has it, "+example),
		Entry("settled with a reason", with(settled(guidA), "reason", "no-cas"), "reason does not belong to a version of state settled"),
		Entry("settled with a list of CAs", with(settled(guidA), "cas", guidA), "cas does not belong to a version of state settled"),
		Entry("settled that was something", with(settled(guidA), "was", "trusted"), "was does not belong to a version of state settled"),
		Entry("blocked without a reason", without(stuck(rotation.ReasonNoCAs, "", nil), "reason"), `reason is missing: a version of state blocked has it, for example "too-many-cas"`),
		Entry("blocked that was blocked", with(stuck(rotation.ReasonNoCAs, "", nil), "was", "blocked"),
			`was "blocked" is not a state of a rotation: expected one of settled, generated, trusted, activated, regenerated, replaced, retired, renewed; if a newer build of the image made it, go back to that build`,
			"active is missing: a version of state blocked has it, "+example, `installation is missing: a version of state blocked has it, for example "184"`),
		Entry("a GUID that is a path", with(settled(guidA), "active", "../installations"), malformed("active", "../installations", aGUID)),
		Entry("a GUID with a query", with(settled(guidA), "active", "a?skip_safety_check=true"), malformed("active", "a?skip_safety_check=true", aGUID)),
		Entry("a GUID with an escape", with(settled(guidA), "active", "a%2fb"), malformed("active", "a%2fb", aGUID)),
		Entry("a GUID with a line feed", with(settled(guidA), "active", "aaaa\nbbbb"), "active \"aaaa\\nbbbb\" is malformed: expected something like \""+aGUID+`"`),
		Entry("a GUID that ends in a line feed", with(settled(guidA), "active", "aaaa\n"), "active \"aaaa\\n\" is malformed: expected something like \""+aGUID+`"`),
		Entry("a GUID that is too long", with(settled(guidA), "active", strings.Repeat("a", 129)), malformed("active", strings.Repeat("a", 129), aGUID)),
		Entry("a retiring GUID that is a path", with(replaced(guidB, guidA, "8", "6"), "retiring", "x/activate"), malformed("retiring", "x/activate", aGUID)),
		Entry("an id that is negative", with(generated(guidA, guidB, "4"), "installation", "-4"), malformed("installation", "-4", "184")),
		Entry("an id with a fraction", with(generated(guidA, guidB, "4"), "installation", "4.0"), malformed("installation", "4.0", "184")),
		Entry("an id beyond any integer", with(generated(guidA, guidB, "4"), "installation", strings.Repeat("9", 19)), malformed("installation", strings.Repeat("9", 19), "184")),
		Entry("a turn that is no number", with(settled(guidA), "turn", "two"), malformed("turn", "two", "1")),
		Entry("a list of CAs with a path", with(stuck(rotation.ReasonNoCAs, "", nil), "cas", "a,../b"), malformed("cas", "a,../b", aGUID+","+aGUID)),
		Entry("an active CA that is its own candidate", generated(guidA, guidA, "4").Map(), "candidate "+guidA+" is the active CA as well: a rotation is between two"),
		Entry("an active CA that is its own retiring one", replaced(guidA, guidA, "8", "6").Map(), "retiring "+guidA+" is the active CA as well: a rotation is between two"),
		Entry("renewed without the installation", without(renewed(guidA, "9", ""), "installation"), `installation is missing: a version of state renewed has it, for example "184"`),
		Entry("renewed with a candidate", with(renewed(guidA, "9", ""), "candidate", guidB), "candidate does not belong to a version of state renewed"),
		Entry("renewed at no time", with(renewed(guidA, "9", ""), "renewed", "yesterday"), malformed("renewed", "yesterday", "2026-03-02T10:00:00Z")),
		Entry("settled that was renewed", with(settled(guidA), "renewed", "2026-03-02T10:00:00Z"), "renewed does not belong to a version of state settled"),
		Entry("several things at once", map[string]string{"state": "trusted", "active": "../x", "installation": "six", "retiring": guidA, "ref": "main"},
			`unknown key "ref": a version of this resource has active, candidate, cas, installation, reason, recreate, removed, renewed, retiring, since, state, trusted, turn, was; if a newer build of the image made it, go back to that build`,
			malformed("active", "../x", aGUID), "candidate is missing: a version of state trusted has it, "+example,
			"retiring does not belong to a version of state trusted", malformed("installation", "six", "184")),
	)

	It("reads the key that state was called at first, and writes it no more", func() {
		former := without(generated(guidA, guidB, "4"), "state")
		former["phase"] = "generated"
		v, err := rotation.ParseVersion(former)
		Expect(err).NotTo(HaveOccurred())
		Expect(v).To(Equal(*generated(guidA, guidB, "4")))
		Expect(v.Map()).To(HaveKey("state"))
		Expect(v.Map()).NotTo(HaveKey("phase"))
		Expect(former).To(HaveKey("phase"), "what was handed over is left alone")

		_, err = rotation.ParseVersion(with(generated(guidA, guidB, "4"), "phase", "settled"))
		Expect(err).To(MatchError(HavePrefix(`unknown key "phase"`)), "a version has one of the two")
	})

	It("knows every state, blocked last", func() {
		Expect(rotation.States()).To(HaveLen(9))
		Expect(slices.Index(rotation.States(), rotation.Blocked)).To(Equal(8))
	})
})
