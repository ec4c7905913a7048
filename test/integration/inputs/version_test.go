package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const (
	versionKeys = "active, candidate, cas, installation, reason, recreate, removed, renewed, retiring, since, state, trusted, turn, was; if a newer build of the image made it, go back to that build"
	noState     = `state is missing: expected one of the states of a rotation, for example "state": "settled"`
	states      = "settled, generated, trusted, activated, regenerated, replaced, retired, renewed, blocked; if a newer build of the image made it, go back to that build"
)

// Every version is given to check and in on standard input, and to out as the
// file that a get would have left. check goes on as without one: Concourse would
// hand it over again and again, until a newer one is there.
var _ = DescribeTable("A version", badInput,
	func(ctx SpecContext, version string, problems ...string) {
		asCursor, inRequest, inFile := []string{}, []string{}, []string{}
		for _, p := range problems {
			asCursor = append(asCursor, "taken for no version: version is not one of this resource: "+p)
			inRequest = append(inRequest, "error: version is not one of this resource: "+p)
			inFile = append(inFile, `error: params.from "ca": its version.json is not a version of this resource: `+p)
		}
		By("check")
		expectNoCursor(ctx, "{GOOD}", version, asCursor...)
		By("in")
		expectRefusal(ctx, given{command: "in", stdin: `{"source":{GOOD},"version":` + version + `}`}, inRequest...)
		By("out")
		expectRefusal(ctx, given{
			command: "out", stdin: `{"source":{GOOD},"params":{"phase":"verify","from":"ca"}}`, files: map[string]string{"ca/version.json": version},
		}, inFile...)
	},
	Entry("that is a list", `["settled"]`, "it is a list: expected an object with keys"),
	Entry("that is a string", `"settled"`, "it is a string: expected an object with keys"),
	Entry("that is empty", `{}`, noState),
	Entry("of another resource", `{"ref":"61cbef"}`, `unknown key "ref": a version of this resource has `+versionKeys, noState),
	Entry("with a foreign key", `{"state":"settled","active":"GUID","host":"geheim"}`, `unknown key "host": a version of this resource has `+versionKeys),
	Entry("whose values are no strings", `{"state":"settled","active":"GUID","installation":184,"turn":null}`, `"installation" is a number: expected a string`, `"turn" is null: expected a string`),
	Entry("with a key twice", `{"state":"settled","state":"retired","active":"GUID"}`, `"state" is duplicated: keep one of them`),
	Entry("of an unknown state", `{"state":"paused","active":"GUID"}`, `state "paused" is not a state: expected one of `+states),
	Entry("without its state", `{"active":"GUID"}`, noState),
	Entry("without the active CA", `{"state":"settled"}`, `active is missing: a version of state settled has it, for example "f7bc18f34f2a7a9403c3"`),
	Entry("without the candidate", `{"state":"generated","active":"GUID","installation":"3"}`, `candidate is missing: a version of state generated has it, for example "f7bc18f34f2a7a9403c3"`),
	Entry("with a field of another state", `{"state":"settled","active":"GUID","candidate":"abc"}`, "candidate does not belong to a version of state settled"),
	Entry("whose GUID would leave its path", `{"state":"settled","active":"../../uaa"}`, `active "../../uaa" is malformed: expected something like "f7bc18f34f2a7a9403c3"`),
	Entry("whose GUID would end a path", `{"state":"replaced","active":"GUID","retiring":"x?force=true","installation":"3"}`, `retiring "x?force=true" is malformed: expected something like "f7bc18f34f2a7a9403c3"`),
	Entry("whose installation is no number", `{"state":"generated","active":"GUID","candidate":"abc","installation":"last"}`, `installation "last" is malformed: expected something like "184"`),
	Entry("that is huge", `{"state":"settled","active":"`+strings.Repeat("a", 100000)+`"}`, `"active" has 100000 bytes: expected a short string`),
	Entry("with several problems at once", `{"state":"generated","active":"a/b","installation":"x","host":"geheim"}`,
		`unknown key "host": a version of this resource has `+versionKeys,
		`active "a/b" is malformed: expected something like "f7bc18f34f2a7a9403c3"`,
		`candidate is missing: a version of state generated has it, for example "f7bc18f34f2a7a9403c3"`,
		`installation "x" is malformed: expected something like "184"`),
)
