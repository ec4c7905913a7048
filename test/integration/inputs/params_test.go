package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const (
	putKeys    = "phase, from, certificate, private_key, expires_within, dry_run, leaf_only, if_rotating, accept, exclude_from_rotation, recreate, require_full_apply, ignore_installation"
	acceptable = "pending-changes, configurable-certificates, certificates-unknown, candidate-expires-soon, ops-manager-upgraded, instances-unproven, clusters-not-upgraded, trust-unknown, clock-unknown, partial-generation, partial-activation, partial-deletion, stemcells-unknown, dns-auto-rotation, dns-auto-rotation-unknown, configurable-certificates-ahead, pre-deploy-check, hand-set-certificates, orphaned-instances"
	phases     = "expected generate, activate, regenerate, delete or verify, for example generate"
	wrote      = "expected the folder that a get of this resource wrote"
	noPhase    = "error: params.phase is missing: what to do: generate, activate, regenerate, delete or verify, for example generate"
	noFrom     = "error: params.from is missing: folder that a get of this resource wrote: the version that the phase starts from, for example ca"
	within     = "expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y, for example 3m"
	below      = "expected a path below"
)

// put is a put with these params and files.
func put(params string, files ...string) given {
	g := given{command: "out", stdin: `{"source":{GOOD},"params":` + params + `}`, files: map[string]string{}}
	for i := 0; i+1 < len(files); i += 2 {
		g.files[files[i]] = files[i+1]
	}
	return g
}

var _ = DescribeTable("A put", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("without params", given{command: "out", stdin: `{"source":{GOOD}}`}, noPhase, noFrom),
	Entry("whose params are null", put(`null`), noPhase, noFrom),
	Entry("whose params are a list", put(`[{"phase":"generate"}]`), "error: params is a list: expected an object with keys"),
	Entry("with an unknown param", put(`{"phase":"generate","from":"ca","dryrun":true}`), "error: params.dryrun is not a key of params: expected one of "+putKeys),
	Entry("with a param twice", put(`{"phase":"generate","from":"ca","phase":"delete"}`), "error: params.phase is duplicated: keep one of them, for example generate"),

	Entry("without phase", put(`{"from":"ca"}`), noPhase),
	Entry("of an unknown phase", put(`{"phase":"rotate","from":"ca"}`), `error: params.phase "rotate" is not a phase: `+phases),
	Entry("of a state, which is no phase", put(`{"phase":"trusted","from":"ca"}`), `error: params.phase "trusted" is not a phase: `+phases),
	Entry("of an empty phase", put(`{"phase":"","from":"ca"}`), `error: params.phase "" is not a phase: `+phases),
	Entry("of two phases", put(`{"phase":["generate","activate"],"from":"ca"}`), "error: params.phase is a list: expected a string, for example generate"),
	Entry("of a phase of null", put(`{"phase":null,"from":"ca"}`), "error: params.phase is null: expected a string, for example generate"),

	Entry("without from", put(`{"phase":"generate"}`), noFrom),
	Entry("from nothing", put(`{"phase":"generate","from":""}`), "error: params.from is empty: "+below+" the build's folder, for example ca"),
	Entry("from a number", put(`{"phase":"generate","from":1}`), "error: params.from is a number: expected a string, for example ca"),
	Entry("from a folder above", put(`{"phase":"generate","from":"../ca"}`), `error: params.from "../ca" leads out of the build's folder: `+below+" it, for example ca"),
	Entry("from a folder above by a detour", put(`{"phase":"generate","from":"ca/../../ca"}`), `error: params.from "ca/../../ca" leads out of the build's folder: `+below+" it, for example ca"),
	Entry("from an absolute path", put(`{"phase":"generate","from":"/etc"}`), `error: params.from "/etc" leads out of the build's folder: `+below+" it, for example ca"),
	Entry("from a folder that is not there", put(`{"phase":"generate","from":"cas"}`), `error: params.from "cas" does not exist: `+wrote+" in the same job, for example ca"),
	Entry("from a file", put(`{"phase":"generate","from":"ca/version.json"}`), `error: params.from "ca/version.json" is a file: `+wrote+", for example ca"),
	Entry("from a folder of another resource", put(`{"phase":"generate","from":"repo"}`, "repo/HEAD", "main"), `error: params.from "repo" has no version.json: `+wrote+" in the same job, for example ca"),
	Entry("from a folder whose version.json is a folder", put(`{"phase":"generate","from":"odd"}`, "odd/version.json/x", ""), `error: params.from "odd": its version.json cannot be read: is a directory; expected the one that a get of this resource wrote`),
	Entry("from an empty version.json", put(`{"phase":"generate","from":"ca"}`, "ca/version.json", "\n"), `error: params.from "ca": its version.json is empty; expected the one that a get of this resource wrote`),
	Entry("from a version.json that was cut off", put(`{"phase":"generate","from":"ca"}`, "ca/version.json", `{"state":"settled","act`), `error: params.from "ca": its version.json is not a version of this resource: it is not JSON: it ends too early; expected one whole object`),
	Entry("from a version.json that is garbage", put(`{"phase":"generate","from":"ca"}`, "ca/version.json", "\x00\x01geheim"), `error: params.from "ca": its version.json is not a version of this resource: it is not JSON (line 1): expected one object with its keys in quotes`),
	Entry("from a version.json of more than 1 MiB", put(`{"phase":"generate","from":"ca"}`, "ca/version.json", strings.Repeat("x", 1<<20+1)), `error: params.from "ca": its version.json cannot be read: it has more than 1048576 bytes; expected the one that a get of this resource wrote`),

	Entry("that expires within words", put(`{"phase":"generate","from":"ca","expires_within":"three months"}`), `error: params.expires_within "three months" is not a span: `+within),
	Entry("that expires within a Go duration", put(`{"phase":"generate","from":"ca","expires_within":"720h"}`), `error: params.expires_within "720h" is not a span: `+within),
	Entry("that expires within nothing", put(`{"phase":"generate","from":"ca","expires_within":"0d"}`), `error: params.expires_within "0d" is not a span: `+within),
	Entry("that expires within an empty span", put(`{"phase":"generate","from":"ca","expires_within":""}`), `error: params.expires_within "" is not a span: `+within),
	Entry("that expires within a number", put(`{"phase":"generate","from":"ca","expires_within":30}`), "error: params.expires_within is a number: expected a string, for example 3m"),
	Entry("that expires within a span, of another phase", put(`{"phase":"activate","from":"ca","expires_within":"3m"}`), "error: params.expires_within belongs to phase generate, not to activate: leave it out"),
	Entry("whose dry_run is a string", put(`{"phase":"generate","from":"ca","dry_run":"no"}`), "error: params.dry_run is a string: expected true or false, for example true"),
	Entry("whose dry_run is null", put(`{"phase":"generate","from":"ca","dry_run":null}`), "error: params.dry_run is null: expected true or false (or leave the key out), for example true"),
	Entry("that accepts an unknown code", put(`{"phase":"generate","from":"ca","accept":["everything"]}`), `error: params.accept has "everything", which cannot be accepted: expected some of `+acceptable+`, for example ["pending-changes"]`),
	Entry("that accepts missing proof", put(`{"phase":"activate","from":"ca","accept":["pending-changes","not-reached"]}`), `error: params.accept has "not-reached", which cannot be accepted: expected some of `+acceptable+`, for example ["pending-changes"]`),
	Entry("that accepts a string", put(`{"phase":"generate","from":"ca","accept":"pending-changes"}`), `error: params.accept is a string: expected a list of strings, for example ["pending-changes"]`),
	Entry("that accepts a number", put(`{"phase":"generate","from":"ca","accept":["pending-changes",1]}`), `error: params.accept is a list with a number in it: expected a list of strings, for example ["pending-changes"]`),
	Entry("that excludes no path", put(`{"phase":"generate","from":"ca","exclude_from_rotation":["/own/ca","own_ca"]}`), `error: params.exclude_from_rotation has "own_ca", which is no path in CredHub: expected the paths of CAs, each of which begins with /, for example /services/customer_ca`),
	Entry("that excludes a pattern", put(`{"phase":"generate","from":"ca","exclude_from_rotation":["/own/*"]}`), `error: params.exclude_from_rotation has "/own/*", and Ops Manager knows no patterns: expected the whole path of each CA in CredHub, for example /services/customer_ca`),
	Entry("that excludes a string", put(`{"phase":"generate","from":"ca","exclude_from_rotation":"/own/ca"}`), `error: params.exclude_from_rotation is a string: expected a list of strings, for example ["/services/customer_ca"]`),
	Entry("that excludes, of another phase", put(`{"phase":"activate","from":"ca","exclude_from_rotation":["/own/ca"]}`), "error: params.exclude_from_rotation belongs to phase generate, not to activate: leave it out"),
	Entry("that requires an apply changes in a word", put(`{"phase":"generate","from":"ca","require_full_apply":"yes"}`), "error: params.require_full_apply is a string: expected true or false, for example true"),
	Entry("that requires an apply changes, of another phase", put(`{"phase":"activate","from":"ca","require_full_apply":true}`), "error: params.require_full_apply belongs to phase generate, not to activate: leave it out"),
	Entry("with several problems at once", given{command: "out", stdin: `{"source":{WHERE,"username":"admin"},"params":{"phase":"Generate","from":"/ca","certificate":"c.pem","accept":["all"],"force":true}}`},
		"error: source.username is given without password: give both, or client_id and client_secret",
		`error: params.phase "Generate" is not a phase: `+phases,
		`error: params.from "/ca" leads out of the build's folder: `+below+" it, for example ca",
		"error: params.force is not a key of params: expected one of "+putKeys,
		"error: params.private_key is missing: a root CA of your own needs certificate and private_key, for example custom-ca/key.pem",
		`error: params.accept has "all", which cannot be accepted: expected some of `+acceptable+`, for example ["pending-changes"]`),
)
