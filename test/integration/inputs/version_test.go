package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const (
	versionKeys = "active, candidate, cas, installation, phase, reason, removed, retiring, trusted, turn, was"
	noPhase     = `phase is missing: expected one of the phases of a rotation, for example "phase": "settled"`
	phases      = "settled, generated, trusted, activated, regenerated, replaced, retired, blocked"
)

// Every version is given to check and in on standard input, and to out as the
// file that a get would have left.
var _ = DescribeTable("A version", badInput,
	func(ctx SpecContext, version string, problems ...string) {
		inRequest, inFile := []string{}, []string{}
		for _, p := range problems {
			inRequest = append(inRequest, "error: version is not one of this resource: "+p)
			inFile = append(inFile, `error: params.from "ca": its version.json is not a version of this resource: `+p)
		}
		By("check")
		expectRefusal(ctx, given{command: "check", stdin: `{"source":{GOOD},"version":` + version + `}`}, inRequest...)
		By("in")
		expectRefusal(ctx, given{command: "in", stdin: `{"source":{GOOD},"version":` + version + `}`}, inRequest...)
		By("out")
		expectRefusal(ctx, given{
			command: "out", stdin: `{"source":{GOOD},"params":{"phase":"verify","from":"ca"}}`, files: map[string]string{"ca/version.json": version},
		}, inFile...)
	},
	Entry("that is a list", `["settled"]`, "it is a list: expected an object with keys"),
	Entry("that is a string", `"settled"`, "it is a string: expected an object with keys"),
	Entry("that is empty", `{}`, noPhase),
	Entry("of another resource", `{"ref":"61cbef"}`, `unknown key "ref": a version of this resource has `+versionKeys, noPhase),
	Entry("with a foreign key", `{"phase":"settled","active":"GUID","host":"geheim"}`, `unknown key "host": a version of this resource has `+versionKeys),
	Entry("whose values are no strings", `{"phase":"settled","active":"GUID","installation":184,"turn":null}`, `"installation" is a number: expected a string`, `"turn" is null: expected a string`),
	Entry("with a key twice", `{"phase":"settled","phase":"retired","active":"GUID"}`, `"phase" is there twice: keep one of them`),
	Entry("of an unknown phase", `{"phase":"paused","active":"GUID"}`, `phase "paused" is not a phase: expected one of `+phases),
	Entry("without its phase", `{"active":"GUID"}`, noPhase),
	Entry("without the active CA", `{"phase":"settled"}`, `active is missing: a version of phase settled has it, for example "f7bc18f34f2a7a9403c3"`),
	Entry("without the candidate", `{"phase":"generated","active":"GUID","installation":"3"}`, `candidate is missing: a version of phase generated has it, for example "f7bc18f34f2a7a9403c3"`),
	Entry("with a field of another phase", `{"phase":"settled","active":"GUID","candidate":"abc"}`, "candidate does not belong to a version of phase settled"),
	Entry("whose GUID would leave its path", `{"phase":"settled","active":"../../uaa"}`, `active "../../uaa" is malformed: expected something like "f7bc18f34f2a7a9403c3"`),
	Entry("whose GUID would end a path", `{"phase":"replaced","active":"GUID","retiring":"x?force=true","installation":"3"}`, `retiring "x?force=true" is malformed: expected something like "f7bc18f34f2a7a9403c3"`),
	Entry("whose installation is no number", `{"phase":"generated","active":"GUID","candidate":"abc","installation":"last"}`, `installation "last" is malformed: expected something like "184"`),
	Entry("that is huge", `{"phase":"settled","active":"`+strings.Repeat("a", 100000)+`"}`, `"active" has 100000 bytes: expected a short string`),
	Entry("with several problems at once", `{"phase":"generated","active":"a/b","installation":"x","host":"geheim"}`,
		`unknown key "host": a version of this resource has `+versionKeys,
		`active "a/b" is malformed: expected something like "f7bc18f34f2a7a9403c3"`,
		`candidate is missing: a version of phase generated has it, for example "f7bc18f34f2a7a9403c3"`,
		`installation "x" is malformed: expected something like "184"`),
)
