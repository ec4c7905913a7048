package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	requestKeys = "source, version, params"
	tooEarly    = "error: request is not JSON: it ends too early; expected one whole object"
	emptyInput  = `error: standard input is empty: expected a request, for example {"source": {…}, "version": {…}, "params": {…}}`
)

var _ = DescribeTable("A request", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("of check that is empty", given{command: "check"}, emptyInput),
	Entry("of in that is blank", given{command: "in", stdin: " \n"}, emptyInput),
	Entry("of out that is empty", given{command: "out"}, emptyInput),
	Entry("that is garbage", given{command: "check", stdin: "geheim"}, "error: request is not JSON (line 1): expected one object with its keys in quotes"),
	Entry("that is YAML", given{command: "out", stdin: "source:\n  target: geheim\n"}, "error: request is not JSON (line 1): expected one object with its keys in quotes"),
	Entry("that is a list", given{command: "check", stdin: `[{"source":{GOOD}}]`}, "error: request is a list: expected an object with keys"),
	Entry("that ends within a string", given{command: "check", stdin: `{"source":{LOGIN,"target":"ht`}, tooEarly),
	Entry("that lacks its last brace", given{command: "check", stdin: `{"source":{GOOD}`}, tooEarly),
	Entry("with text behind it", given{command: "check", stdin: `{"source":{GOOD}} geheim`}, "error: request is not JSON: something follows behind the object's end; expected one object and nothing else"),
	Entry("with another behind it", given{command: "out", stdin: `{"source":{GOOD}}{"source":{GOOD}}`}, "error: request is not JSON: something follows behind the object's end; expected one object and nothing else"),
	Entry("of more than 4 MiB", given{command: "check", stdin: `{"source":{GOOD,"ca_cert":"` + strings.Repeat("A", 4<<20) + `"}}`},
		"error: the request on standard input has more than 4194304 bytes: no source is that large"),
	Entry("with an unknown key", given{command: "check", stdin: `{"source":{GOOD},"param":{"phase":"geheim"}}`}, "error: request.param is not a key of request: expected one of "+requestKeys),
	Entry("with its source twice", given{command: "check", stdin: `{"source":{GOOD},"source":{GOOD}}`}, `error: request.source is duplicated: keep one of them, for example {"target": "https://opsman.example.com"}`, noTarget, noCredentials),
	Entry("with problems in itself, in its source and in its version", given{command: "check", stdin: `{"source":{GOOD,"x":1},"version":{"ref":"geheim"},"get_params":{}}`},
		`taken for no version: version is not one of this resource: unknown key "ref": a version of this resource has active, candidate, cas, installation, reason, recreate, removed, renewed, retiring, since, state, trusted, turn, was; if a newer build of the image made it, go back to that build`,
		`taken for no version: version is not one of this resource: state is missing: expected one of the states of a rotation, for example "state": "settled"`, noVersion,
		"error: request.get_params is not a key of request: expected one of "+requestKeys,
		"error: source.x is not a key of source: expected one of "+sourceKeys),

	Entry("of check with an argument", given{command: "check", args: []string{"BUILD"}, stdin: `{"source":{GOOD}}`}, "error: expected no argument, and got 1; for example check < request.json"),
	Entry("of in without a folder", given{command: "in", args: []string{}, stdin: `{"source":{GOOD},"version":VERSION}`}, "error: expected one argument, the destination folder, and got 0; for example in /tmp/build < request.json"),
	Entry("of out without a folder", given{command: "out", args: []string{}, stdin: `{"source":{GOOD}}`}, "error: expected one argument, the sources folder, and got 0; for example out /tmp/build < request.json"),
	Entry("of out with two folders", given{command: "out", args: []string{"BUILD", "BUILD"}, stdin: `{"source":{GOOD}}`}, "error: expected one argument, the sources folder, and got 2; for example out /tmp/build < request.json"),
)

var _ = DescribeTable("A get", badInput,
	func(ctx SpecContext, g given, lines ...string) {
		g.command = "in"
		expectRefusal(ctx, g, lines...)
	},
	Entry("without a version", given{stdin: `{"source":{GOOD}}`}, `error: version is missing: a get needs one, for example {"state": "settled", "active": "f7bc18f34f2a7a9403c3"}`),
	Entry("of a version of null", given{stdin: `{"source":{GOOD},"version":null}`}, `error: version is missing: a get needs one, for example {"state": "settled", "active": "f7bc18f34f2a7a9403c3"}`),
	Entry("with an unknown param", given{stdin: `{"source":{GOOD},"version":VERSION,"params":{"skip_downloads":true}}`}, "error: params.skip_downloads is not a key of params: expected one of skip_download, report, foundation"),
	Entry("with a param of a put", given{stdin: `{"source":{GOOD},"version":VERSION,"params":{"phase":"generate"}}`}, "error: params.phase is not a key of params: expected one of skip_download, report, foundation"),
	Entry("whose skip_download is a string", given{stdin: `{"source":{GOOD},"version":VERSION,"params":{"skip_download":"yes"}}`}, "error: params.skip_download is a string: expected true or false, for example true"),
	Entry("whose params are a list", given{stdin: `{"source":{GOOD},"version":VERSION,"params":[]}`}, "error: params is a list: expected an object with keys"),
	Entry("to a folder that cannot be made", given{args: []string{"BUILD/ca/version.json/x"}, stdin: `{"source":{GOOD},"version":VERSION,"params":{"skip_download":true}}`},
		"error: cannot make the destination folder: not a directory; expected a path that can be written to, for example /tmp/build"),
	Entry("to a file", given{args: []string{"BUILD/ca/version.json"}, stdin: `{"source":{GOOD},"version":VERSION,"params":{"skip_download":true}}`},
		"error: cannot make the destination folder: not a directory; expected a path that can be written to, for example /tmp/build"),
	Entry("with several problems at once", given{stdin: `{"source":{WHERE},"version":{"state":"paused"},"params":{"x":1}}`}, noCredentials,
		`error: version is not one of this resource: state "paused" is not a state: expected one of settled, generated, trusted, activated, regenerated, replaced, retired, renewed, blocked; if a newer build of the image made it, go back to that build`,
		"error: params.x is not a key of params: expected one of skip_download, report, foundation"),
)

// Not Concourse, but a person at a terminal: the program says what it is, and does
// not wait for a request.
var _ = DescribeTable("A program of the resource that is asked what it is",
	func(ctx SpecContext, command string, args ...string) {
		session := given{command: command, args: args}.run(ctx, GinkgoT().TempDir())
		Expect(session.ExitCode()).To(BeZero())
		Expect(string(session.Out.Contents())).To(MatchRegexp("^opsman-ca " + command + ` \S.*: the ` + command + " of a Concourse resource type, which Concourse runs; it reads its request as JSON from standard input, and writes the answer to standard output\n$"))
		Expect(session.Err.Contents()).To(BeEmpty())
	},
	Entry(nil, "check", "--help"),
	Entry(nil, "check", "--version"),
	Entry(nil, "in", "-h"),
	Entry(nil, "in", "/tmp/build", "--version"),
	Entry(nil, "out", "--help"),
	Entry(nil, "out", "-v"),
)
