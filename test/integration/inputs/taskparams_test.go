package inputs_test

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
)

const (
	aDuration = "is not a duration above 0: expected a number with its unit, h, m or s, for example 12h"
	aNumber   = "is not a whole number above 0: expected for example 3"
)

// param is the command of a task with these params, and nothing else.
func param(command string, environ ...string) given {
	return given{command: "opsman-ca", args: []string{command}, environ: environ}
}

// with has a file more.
func (g given) with(path, content string) given {
	files := map[string]string{path: content}
	maps.Copy(files, g.files)
	g.files = files
	return g
}

// unusable is a command with params that say nothing usable.
func unusable(command string, environ ...string) given {
	g := param(command, environ...)
	g.code = 2
	return g
}

// task is a command with a good environment, and these params.
func task(command string, environ ...string) given {
	return param(command, append(append([]string{}, reached...), environ...)...)
}

const (
	errandsSuch     = "for example errands: {p.mysql: {run_post_deploy: {upgrade-all-service-instances: true}}}"
	errandsExpected = "expected om's errand configuration, " + errandsSuch
)

// errandFile is an apply changes with this errand configuration, which lies in
// the build unless its path leads elsewhere or it has no content.
func errandFile(path, content string) given {
	g := task("apply-changes", "ERRAND_CONFIG_FILE="+path, "OPSMAN_CA_OM=true", "ENV_FILE=")
	if content != "" {
		g = g.with(path, content)
	}
	return g
}

// envParam is a status with this env file.
func envParam(content string) given {
	return param("status", "ENV_FILE=env.yml").with("env/env.yml", content)
}

// Every message names the param of the task, and not the flag behind it.
var _ = DescribeTable("A task", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("with words for a number", unusable("rotate", "ATTEMPTS=x"), `error: the environment variable ATTEMPTS: "x" `+aNumber, runHelp),
	Entry("with no attempt", unusable("apply-changes", "ATTEMPTS=0"), `error: the environment variable ATTEMPTS: "0" `+aNumber, runHelp),
	Entry("with fewer attempts than none", unusable("apply-changes", "ATTEMPTS=-3"), `error: the environment variable ATTEMPTS: "-3" `+aNumber, runHelp),
	Entry("with words for an id", unusable("rotate", "IGNORE_INSTALLATION=abc"), `error: the environment variable IGNORE_INSTALLATION: "abc" `+aNumber, runHelp),
	Entry("with words among ids", unusable("rotate", "IGNORE_INSTALLATION=12, last"), `error: the environment variable IGNORE_INSTALLATION: "last" `+aNumber, runHelp),
	Entry("with a duration without its unit", unusable("apply-changes", "WAIT_FOR=12"), `error: the environment variable WAIT_FOR: "12" `+aDuration, runHelp),
	Entry("with a duration in days", unusable("apply-changes", "STUCK_AFTER=1d"), `error: the environment variable STUCK_AFTER: "1d" `+aDuration, runHelp),
	Entry("with a negative duration", unusable("rotate", "WAIT_FOR=-1h"), `error: the environment variable WAIT_FOR: "-1h" `+aDuration, runHelp),
	Entry("with a duration of nothing", unusable("rotate", "PATIENCE=0"), `error: the environment variable PATIENCE: "0" `+aDuration, runHelp),
	Entry("with yes for true", unusable("verify", "IF_ROTATING=yes"), `error: the environment variable IF_ROTATING is "yes": expected true, false or nothing, for example true`, runHelp),
	Entry("with a span in hours", unusable("report", "EXPIRES_WITHIN=720h"), `error: the environment variable EXPIRES_WITHIN: "720h" is not a span: expected a number and one of d, w, m, y, such as 30d, 6w, 3m or 1y`, runHelp),
	Entry("with an unknown colour", unusable("status", "OPSMAN_CA_COLOR=blue"), `error: the environment variable OPSMAN_CA_COLOR is "blue": expected one of auto, always, never, for example auto`, runHelp),
	Entry("with an unknown log level", unusable("status", "OPSMAN_CA_LOG_LEVEL=all"), `error: the environment variable OPSMAN_CA_LOG_LEVEL: "all" is not a log level: expected debug, info, warn or error`, runHelp),
	Entry("with several of them", unusable("rotate", "WAIT_FOR=12", "ATTEMPTS=0", "RECREATE=1"),
		`error: the environment variable RECREATE is "1": expected true, false or nothing, for example true`,
		`error: the environment variable ATTEMPTS: "0" `+aNumber,
		`error: the environment variable WAIT_FOR: "12" `+aDuration, runHelp),

	Entry("with half a list in JSON", unusable("activate", `ACCEPT=["geheim`),
		`error: the environment variable ACCEPT is not a list in JSON: expected texts with commas between them, for example pending-changes,orphaned-instances, or the same in JSON, for example ["pending-changes","orphaned-instances"]`, runHelp),
	Entry("with words among ids in JSON", unusable("rotate", `IGNORE_INSTALLATION=[12,"geheim"]`),
		`error: the environment variable IGNORE_INSTALLATION is a list in JSON with something else in it: expected whole numbers above 0, for example [41,42]; or commas between them, for example 41,42`, runHelp),
	Entry("that accepts in JSON what cannot be accepted", task("activate", `ACCEPT=["pending-changes","everything"]`), `error: ACCEPT "everything" cannot be accepted: expected some of `+acceptable+`, for example pending-changes`),
	Entry("with target and login as one map, and wrong keys in it", param("status", "ENV_FILE=env.yml", `OPSMAN={"target":"URL","username":["geheim"],"passwort":"geheim","password":"geheim"}`),
		"error: OPSMAN.username is a list: expected a string, for example admin",
		"error: OPSMAN.passwort is not a key of OPSMAN: expected one of target, username, password, client_id, client_secret, ca_cert, skip_ssl_validation, decryption_passphrase"),
	Entry("with target and login as one map that is none", param("status", "ENV_FILE=env.yml", `OPSMAN=((geheim))`),
		`error: OPSMAN is not JSON (line 1): expected one object with its keys in quotes, for example {"target": "https://opsman.example.com", "username": "admin", "password": "…"}`),
	Entry("with target and login as one map, and the variables", task("status", `OPSMAN={GOOD}`),
		"error: OPSMAN is given beside OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_SKIP_SSL_VALIDATION: expected target and login in one place, so that those of two foundations are never mixed; leave out OPSMAN or the others"),
	Entry("with target and login as one map, and an env file", param("status", `OPSMAN={GOOD}`, "ENV_FILE=env.yml").with("env/env.yml", "target: URL\n"),
		"error: OPSMAN is given beside the env file env/env.yml: expected target and login in one place, so that those of two foundations are never mixed; leave out OPSMAN or the others"),

	Entry("that accepts what cannot be accepted", task("activate", "ACCEPT=pending-changes,everything"), `error: ACCEPT "everything" cannot be accepted: expected some of `+acceptable+`, for example pending-changes`),
	Entry("whose certificates not to be rotated are all", task("status", "OPSMAN_CA_UNROTATED=*"), `error: OPSMAN_CA_UNROTATED has "*", which stands for every certificate and would leave nothing to prove: expected names, for example /p-bosh/*/ipsec*`),
	Entry("with a CA without its key", task("generate", "CA_CERTIFICATE_FILE=cert.pem", "CA_PRIVATE_KEY_FILE="), "error: CA_PRIVATE_KEY_FILE is missing: a root CA of your own needs CA_CERTIFICATE_FILE and CA_PRIVATE_KEY_FILE, for example custom-ca/key.pem"),
	Entry("with a key without its CA", task("rotate", "CA_CERTIFICATE_FILE=", "CA_PRIVATE_KEY_FILE=key.pem", "OPSMAN_CA_OM=true"), "error: CA_CERTIFICATE_FILE is missing: a root CA of your own needs CA_CERTIFICATE_FILE and CA_PRIVATE_KEY_FILE, for example custom-ca/cert.pem"),
	Entry("with a key itself for its file", task("generate", "CA_CERTIFICATE_FILE=cert.pem", "CA_PRIVATE_KEY_FILE=-----BEGIN RSA "+"PRIVATE KEY-----geheim"), "error: CA_PRIVATE_KEY_FILE holds PEM: expected the path of a file with it, for example custom-ca/key.pem"),
	Entry("with a CA and no such files", task("generate", "CA_CERTIFICATE_FILE=/nowhere/cert.pem", "CA_PRIVATE_KEY_FILE=/nowhere/key.pem"),
		`error: CA_CERTIFICATE_FILE "/nowhere/cert.pem" cannot be read: no such file or directory; expected a file of an input of the job, for example certs/certificate.pem`,
		`error: CA_PRIVATE_KEY_FILE "/nowhere/key.pem" cannot be read: no such file or directory; expected a file of an input of the job, for example certs/privatekey.pem`),
	Entry("from a folder that is not there", task("verify", "FROM=/nowhere/ca"), `error: FROM "/nowhere/ca" does not exist: expected the folder that a get of this resource wrote in the same job, for example ca`),
	Entry("to a folder that cannot be", task("verify", "TO=/dev/null/ca"), `error: TO "/dev/null/ca" cannot be written to (not a directory): expected a folder, or the path of a new one, for example ca; nothing was changed`),
	Entry("with a CA of Ops Manager that is none", task("status", "OM_CA_CERT=-----BEGIN CERTIFICATE----- geheim"), `error: OM_CA_CERT holds no certificate that can be read: expected "-----BEGIN CERTIFICATE-----…", the CA that signed Ops Manager's web certificate`),
	Entry("with no errand configuration there", errandFile("/nowhere/errands.yml", ""),
		`error: ERRAND_CONFIG_FILE "/nowhere/errands.yml" does not exist: expected om's errand configuration, in a task a file of one of its inputs, for example errand-config/errands.yml; or none, and errands run as their tiles say`),
	Entry("with a folder for an errand configuration", errandFile("ca", ""), `error: ERRAND_CONFIG_FILE "ca" cannot be read (is a directory): expected a file with om's errand configuration, for example errand-config/errands.yml`),
	Entry("with an empty errand configuration", errandFile("env/errands.yml", "# later\n"), `error: ERRAND_CONFIG_FILE "env/errands.yml" is empty: `+errandsExpected),
	Entry("with an errand configuration of unknown kinds", errandFile("env/errands.yml", "errands:\n  cf:\n    post_deploy: {geheim: true}\n"),
		`error: ERRAND_CONFIG_FILE "env/errands.yml" has keys that no errand configuration has: post_deploy (line 3); expected run_post_deploy or run_pre_delete below each product, `+errandsSuch),
	Entry("with an errand configuration that is no YAML", errandFile("env/errands.yml", "errands:\n  cf: \"geheim\n  password: ]\n"), `error: ERRAND_CONFIG_FILE "env/errands.yml" cannot be read (line 4): `+errandsExpected),
	Entry("with an errand configuration that is a text", errandFile("env/errands.yml", "geheim\n"), `error: ERRAND_CONFIG_FILE "env/errands.yml" cannot be read (line 1): `+errandsExpected),
	Entry("with an errand configuration whose product is a text", errandFile("env/errands.yml", "errands:\n  cf: geheim\n"), `error: ERRAND_CONFIG_FILE "env/errands.yml" cannot be read (line 2): `+errandsExpected),
	Entry("with an errand configuration that has a product twice", errandFile("env/errands.yml", "errands:\n  cf: {run_post_deploy: {geheim: true}}\n  cf: {}\n"), `error: ERRAND_CONFIG_FILE "env/errands.yml" has a key twice: cf (line 3); keep one of them`),
	Entry("with the errand configuration itself for its file", errandFile("errands: {}\npassword: geheim", ""), "error: ERRAND_CONFIG_FILE holds the content of a file: expected the path of one, for example errand-config/errands.yml"),
	Entry("with the env file itself for its file", param("status", "ENV_FILE=target: x\npassword: geheim"), "error: ENV_FILE holds the content of a file: expected the path of one, for example env/env.yml"),
	Entry("with an env file that has no names for keys", envParam("target: URL\nge heim: x\n"), "error: the env file has an invalid key: expected some of "+envKeys),
	Entry("without credentials, and with more that is wrong", param("generate", "OM_TARGET=URL", "ACCEPT=all", "FROM=/nowhere/ca", "ENV_FILE="),
		"error: no credentials: give username and password, or client_id and client_secret", whereParam,
		`error: FROM "/nowhere/ca" does not exist: expected the folder that a get of this resource wrote in the same job, for example ca`,
		`error: ACCEPT "all" cannot be accepted: expected some of `+acceptable+`, for example pending-changes`),
)
