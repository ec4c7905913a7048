package inputs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

const (
	runHelp = "Run opsman-ca --help for the commands."
	where   = "error: target and credentials come from flags (--target, --username, --client-id), from OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_CLIENT_ID, OM_CLIENT_SECRET and OM_CA_CERT, from om's env.yml (--env), or all from OPSMAN, one map in JSON"
	// whereParam is the same in a task.
	whereParam = "error: target and credentials come from flags (--target, --username, --client-id), from OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_CLIENT_ID, OM_CLIENT_SECRET and OM_CA_CERT, from om's env.yml (ENV_FILE), or all from OPSMAN, one map in JSON"
	envKeys    = "target, uaa-target, username, password, client-id, client-secret, decryption-passphrase, ca-cert, skip-ssl-validation, connect-timeout, request-timeout, trace"
)

// usage is a command line that cannot be understood.
func usage(args ...string) given { return given{command: "opsman-ca", args: args, code: 2} }

// status is `opsman-ca status` in an environment.
func status(environ ...string) given {
	return given{command: "opsman-ca", args: []string{"status"}, environ: environ}
}

// reached is an environment that leads to Ops Manager.
var reached = []string{"OM_TARGET=URL", "OM_USERNAME=admin", "OM_PASSWORD=PASSWORD", "OM_SKIP_SSL_VALIDATION=true"}

// logged is a command with a good environment.
func logged(args ...string) given {
	return given{command: "opsman-ca", args: args, environ: reached}
}

// envFile is `opsman-ca status` with an env file.
func envFile(content string) given {
	return given{command: "opsman-ca", args: []string{"status", "--env", "env.yml"}, files: map[string]string{"env.yml": content}}
}

// noEnvFile is what else would do.
const noEnvFile = "expected om's env.yml, in a task a file of its input env, for example env/env.yml (ENV_FILE=env.yml); " +
	"or none (an empty ENV_FILE), and OM_TARGET with OM_USERNAME and OM_PASSWORD, or OM_CLIENT_ID and OM_CLIENT_SECRET"

var _ = DescribeTable("opsman-ca", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("without a command", usage(), `error: expected one of "status", "plan", "report", "metrics", "serve-metrics", ...`, runHelp),
	Entry("with an unknown command", usage("unlock"), "error: unexpected argument unlock", runHelp),
	Entry("with an unknown flag", usage("status", "--form", "ca"), `error: unknown flag --form, did you mean "--from"?`, runHelp),
	Entry("with a password as a flag", usage("status", "--password=geheim"), "error: unknown flag --password: secrets are not taken from arguments, which everybody can read; set OM_PASSWORD instead", runHelp),
	Entry("with a client secret as a flag", usage("status", "--client-secret", "geheim"), "error: unknown flag --client-secret: secrets are not taken from arguments, which everybody can read; set OM_CLIENT_SECRET instead", runHelp),
	Entry("with a passphrase as a flag", usage("status", "--decryption-passphrase=geheim"), "error: unknown flag --decryption-passphrase: secrets are not taken from arguments, which everybody can read; set OM_DECRYPTION_PASSPHRASE instead", runHelp),
	Entry("with an argument too many", usage("status", "now"), "error: unexpected argument now", runHelp),
	Entry("with an unknown log level", usage("status", "--log-level", "all"), `error: --log-level: "all" is not a log level: expected debug, info, warn or error`, runHelp),
	Entry("with an unknown colour", usage("status", "--color", "blue"), `error: --color must be one of "auto","always","never" but got "blue"`, runHelp),
	Entry("with no duration", usage("apply-changes", "--poll", "soon"), `error: --poll: "soon" is not a duration above 0: expected a number with its unit, h, m or s, for example 12h`, runHelp),
	Entry("with no number", usage("apply-changes", "--attempts", "twice"), `error: --attempts: "twice" is not a whole number above 0: expected for example 3`, runHelp),

	Entry("without target and credentials", status(), `error: target is missing: expected a host such as "https://opsman.example.com"`,
		"error: no credentials: give username and password, or client_id and client_secret", where),
	Entry("without credentials", status("OM_TARGET=URL"), "error: no credentials: give username and password, or client_id and client_secret", where),
	Entry("with both kinds of credentials", status("OM_TARGET=URL", "OM_USERNAME=admin", "OM_PASSWORD=PASSWORD", "OM_CLIENT_ID=rotator", "OM_CLIENT_SECRET=SECRET"),
		"error: both username/password and client_id/client_secret are given: keep one of the two pairs", where),
	Entry("with half of the credentials", status("OM_TARGET=URL", "OM_USERNAME=admin"), "error: username is given without password: give both, or client_id and client_secret", where),
	Entry("with an http target", status("OM_TARGET=http://opsman.example.com", "OM_USERNAME=admin", "OM_PASSWORD=PASSWORD"),
		"error: target is http: Ops Manager is only spoken to over https; "+expectHost, where),
	Entry("with several bad variables", status("OM_TARGET=URL", "OM_UAA_TARGET=https://uaa.example.com", "OM_CONNECT_TIMEOUT=10s", "OM_SKIP_SSL_VALIDATION=maybe", "OM_CA_CERT=geheim"),
		`error: OM_SKIP_SSL_VALIDATION "maybe" is neither true nor false: expected for example true`,
		`error: OM_CONNECT_TIMEOUT "10s" is not a time: expected whole seconds, for example 30`,
		"error: OM_UAA_TARGET differs from the target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own",
		`error: OM_CA_CERT is neither PEM nor a file that can be read: expected "-----BEGIN CERTIFICATE-----…" or a path, for example ca.pem`),

	Entry("with an env file that is not there", given{command: "opsman-ca", args: []string{"status", "--env", "/nowhere/env.yml"}}, "error: the env file /nowhere/env.yml does not exist: "+noEnvFile),
	Entry("with an ENV_FILE that is not in the input env", param("status", "ENV_FILE=prod.yml").with("env/env.yml", ""), "error: the env file env/prod.yml does not exist: "+noEnvFile),
	Entry("with an ENV_FILE and no input env", param("status", "ENV_FILE=env.yml"), "error: the env file env/env.yml does not exist: "+noEnvFile),
	Entry("with an env file that is a folder", param("status", "ENV_FILE=env.yml").with("env/env.yml/x", ""), "error: the env file env/env.yml cannot be read (is a directory): expected om's env.yml, for example env/env.yml"),
	Entry("with an empty env file", envFile("---\n# later\n"), "error: the env file env.yml is empty: expected at least target, username and password (or client-id and client-secret), for example target: https://opsman.example.com"),
	Entry("with an env file that is no YAML", envFile("target: [geheim\n"), "error: the env file env.yml cannot be read (line 1): expected YAML with a key and a value in each line, for example target: https://opsman.example.com"),
	Entry("with an env file that is a list", envFile("- target: geheim\n"), "error: the env file env.yml cannot be read (line 1): expected YAML with a key and a value in each line, for example target: https://opsman.example.com"),
	Entry("with an env file whose truths are in quotes", envFile("target: URL\nskip-ssl-validation: \"true\"\ntrace: geheim\n"),
		"error: the env file's skip-ssl-validation is neither true nor false: expected one of them without quotes, as om does, for example true",
		"error: the env file's trace is neither true nor false: expected one of them without quotes, as om does, for example true"),
	Entry("with an env file of bad timeouts", envFile("target: URL\nconnect-timeout: \"30\"\nrequest-timeout: -1\n"),
		"error: the env file's connect-timeout is not a time: expected whole seconds without quotes, as om does, for example 30",
		"error: the env file's request-timeout is not a time: expected whole seconds without quotes, as om does, for example 30"),
	Entry("with an env file without a certificate in ca-cert", envFile("target: URL\nca-cert: BEGIN geheim\n"), `error: the env file's ca-cert holds no certificate that can be read: expected "-----BEGIN CERTIFICATE-----…", the CA that signed Ops Manager's web certificate`),
	Entry("with an env file filled in with no YAML", given{command: "opsman-ca", args: []string{"status", "-e", "env.yml"}, files: map[string]string{"env.yml": "password: ((pw))\n"}, environ: []string{"OM_VARS_ENV=PRE", "PRE_pw={geheim"}},
		"error: the env file is filled in from PRE_pw, which is not YAML: expected it as om does, for example a text in quotes"),
	Entry("with an env file filled in with a truth within a text", given{command: "opsman-ca", args: []string{"status", "-e", "env.yml"}, files: map[string]string{"env.yml": "username: a((name))\n"}, environ: []string{"OM_VARS_ENV=PRE", "PRE_name=true"}},
		"error: the env file holds ((name)) within a text: expected PRE_name to have a text or a whole number there, for example opsman.example.com"),

	Entry("with an env file that was not interpolated", envFile("target: URL\nusername: admin\npassword: ((opsman_password))\n"),
		"error: the env file's password still holds ((opsman_password)): interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name"),
	Entry("with an env file of other keys", envFile("url: geheim\nconnect-timeout: 5s\npassword: [geheim]\n"),
		`error: the env file has the unknown key "url": expected some of `+envKeys,
		"error: the env file's connect-timeout is not a time: expected whole seconds without quotes, as om does, for example 30",
		`error: the env file's password is a list or a mapping: expected text, for example "secret"`),

	Entry("from a folder that is not there", logged("status", "--from", "/nowhere/ca"), `error: --from "/nowhere/ca" does not exist: expected the folder that a get of this resource wrote in the same job, for example ca`),
	Entry("from a folder of another resource", given{command: "opsman-ca", args: []string{"plan", "--from", "/etc"}, environ: reached},
		`error: --from "/etc" has no version.json: expected the folder that a get of this resource wrote in the same job, for example ca`),
	Entry("with a selective deploy", logged("apply-changes", "--om", "true", "--product-name", "cf", "-n", "p-mysql"),
		"error: a selective deploy is refused (products cf, p-mysql): a product that is left out keeps the old certificates and loses its foundation in a later phase, so changes are applied to all products; remove the selection"),
	Entry("with --skip-deploy-products", logged("apply-changes", "--om", "true", "--skip-deploy-products"),
		"error: a selective deploy is refused (products none (--skip-deploy-products)): a product that is left out keeps the old certificates and loses its foundation in a later phase, so changes are applied to all products; remove the selection"),
	Entry("with a negative number", usage("apply-changes", "--attempts=-1"), `error: --attempts: "-1" is not a whole number above 0: expected for example 3`, runHelp),
	Entry("with a negative duration", usage("apply-changes", "--poll=-1s"), `error: --poll: "-1s" is not a duration above 0: expected a number with its unit, h, m or s, for example 12h`, runHelp),
	Entry("of a report within no span", usage("report", "--expires-within", "soon"), `error: --expires-within: "soon" is not a span: `+within[:strings.LastIndex(within, ",")], runHelp),
	Entry("without om", logged("apply-changes", "--om", "/nowhere/om"), `error: the om binary was not found: exec: "/nowhere/om": stat /nowhere/om: no such file or directory; install om, or name its path`),
)
