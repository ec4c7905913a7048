package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const (
	noPut       = ", and a put to it cannot run a phase: put to the resource of the same foundation without it, whose versions are the state of the root CA, for example ca"
	dueKeys     = "a version of this resource has due, product, expires_on, active, under_way; if a newer build of the image made it, go back to that build"
	alertKeys   = "a version of this resource has expiring, first, expires_on, last, set; if a newer build of the image made it, go back to that build"
	goodDue     = `{"due":"/cf/router","expires_on":"2027-01-09T08:00:00Z","active":"GUID"}`
	goodAlert   = `{"expiring":"3","first":"/cf/router","expires_on":"2027-01-09T08:00:00Z","last":"2027-01-24T08:00:00Z","set":"9f86d081884c7d65"}`
	notOurs     = "error: version is not one of this resource: "
	aDate       = ` is malformed: expected something like "2027-01-09T08:00:00Z"`
	missingDate = `expires_on is missing: expected something like "2027-01-09T08:00:00Z"`
)

// Every version is given to check and in of a resource with that key.
var _ = DescribeTable("A version of a resource that only triggers", badInput,
	func(ctx SpecContext, key, version string, problems ...string) {
		var asCursor, lines []string
		for _, p := range problems {
			asCursor = append(asCursor, "taken for no version: "+strings.TrimPrefix(notOurs, "error: ")+p)
			lines = append(lines, notOurs+p)
		}
		By("check")
		expectNoCursor(ctx, `{GOOD,`+key+`}`, version, asCursor...)
		By("in")
		expectRefusal(ctx, given{command: "in", stdin: `{"source":{GOOD,` + key + `},"version":` + version + `}`}, lines...)
	},
	Entry("that is the state's", `"rotate_before":"9y"`, `{"state":"settled","active":"GUID"}`,
		`due is missing: expected something like "f7bc18f34f2a7a9403c3"`, missingDate, `unknown key "state": `+dueKeys),
	Entry("that is an alert's", `"rotate_before":"9y"`, goodAlert,
		`due is missing: expected something like "f7bc18f34f2a7a9403c3"`, `unknown key "expiring": `+dueKeys, `unknown key "first": `+dueKeys, `unknown key "last": `+dueKeys, `unknown key "set": `+dueKeys),
	Entry("that is malformed", `"rotate_before":"9y"`, `{"due":"a\nb","product":"","expires_on":"next week","active":"../../uaa"}`,
		`due "a\nb" is malformed: expected something like "f7bc18f34f2a7a9403c3"`, `expires_on "next week"`+aDate, `active "../../uaa" is malformed: expected something like "f7bc18f34f2a7a9403c3"`),
	Entry("that is a list", `"rotate_before":"9y"`, `[]`, "it is a list: expected an object with keys"),
	Entry("whose values are no strings", `"expiring":"9y"`, `{"expiring":3}`, `"expiring" is a number: expected a string`),
	Entry("that is a trigger's", `"expiring":"9y"`, `{"due":"/cf/router","expires_on":"2027-01-09T08:00:00Z"}`,
		`expiring is missing: expected something like "3"`, `first is missing: expected something like "/cf/diego-instance-identity-root-ca"`,
		`last is missing: expected something like "2027-01-24T08:00:00Z"`, `set is missing: expected something like "9f86d081884c7d65"`, `unknown key "due": `+alertKeys),
	Entry("of a set that is none", `"expiring":"9y"`, `{"expiring":"0","first":"/cf/router","expires_on":"2027-01-09","last":"2027-01-24T08:00:00Z","set":"all"}`,
		`expiring "0" is malformed: expected something like "3"`, `expires_on "2027-01-09"`+aDate, `set "all" is malformed: expected something like "9f86d081884c7d65"`),
)

var _ = DescribeTable("A request to a resource that only triggers", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("that is a put", given{command: "out", stdin: `{"source":{GOOD,"rotate_before":"6m"},"params":{"phase":"generate","from":"ca"}}`},
		"error: source.rotate_before is for a resource that only triggers"+noPut),
	Entry("that is a put to one that alerts", given{command: "out", stdin: `{"source":{GOOD,"expiring":"30d"},"params":{"phase":"verify","from":"ca"}}`},
		"error: source.expiring is for a resource that only alerts"+noPut),
	Entry("that is a put with more problems", given{command: "out", stdin: `{"source":{GOOD,"rotate_before":"6m"},"params":{"phase":"apply","form":"ca"}}`},
		"error: source.rotate_before is for a resource that only triggers"+noPut,
		`error: params.phase "apply" is not a phase: expected generate, activate, regenerate, delete or verify, for example generate`,
		"error: params.from is missing: folder that a get of this resource wrote: the version that the phase starts from, for example ca",
		"error: params.form is not a key of params: expected one of phase, from, certificate, private_key, expires_within, dry_run, leaf_only, if_rotating, accept, exclude_from_rotation, recreate, require_full_apply, ignore_installation"),
	Entry("that is a get without a version", given{command: "in", stdin: `{"source":{GOOD,"rotate_before":"6m"}}`},
		`error: version is missing: a get needs one, for example {"due": "f7bc18f34f2a7a9403c3", "expires_on": "2027-01-09T08:00:00Z"}`),
	Entry("that is a get with params of a put", given{command: "in", stdin: `{"source":{GOOD,"expiring":"30d"},"version":` + goodAlert + `,"params":{"phase":"verify"}}`},
		"error: params.phase is not a key of params: expected one of skip_download, report, foundation"),
	Entry("whose folder is handed to a put of the state", given{
		command: "out", stdin: `{"source":{GOOD},"params":{"phase":"generate","from":"due"}}`, files: map[string]string{"due/version.json": goodDue},
	}, `error: params.from "due" has what a get of a resource with source.rotate_before wrote: expected the folder of the resource without it, whose versions are the state of the root CA, for example ca`),
	Entry("whose alert is handed to a put of the state", given{
		command: "out", stdin: `{"source":{GOOD},"params":{"phase":"generate","from":"expiring"}}`, files: map[string]string{"expiring/version.json": goodAlert},
	}, `error: params.from "expiring" has what a get of a resource with source.expiring wrote: expected the folder of the resource without it, whose versions are the state of the root CA, for example ca`),
)
