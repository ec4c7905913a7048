package inputs_test

import (
	. "github.com/onsi/ginkgo/v2"
)

const (
	runHelp = "Run opsman-ca --help for the commands."
	where   = "error: target and credentials come from flags (--target, --username, --client-id), from OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_CLIENT_ID, OM_CLIENT_SECRET and OM_CA_CERT, or from om's env.yml (--env)"
	envKeys = "target, uaa-target, username, password, client-id, client-secret, decryption-passphrase, ca-cert, skip-ssl-validation, connect-timeout, request-timeout, trace"
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

var _ = DescribeTable("opsman-ca", badInput,
	func(ctx SpecContext, g given, lines ...string) { expectRefusal(ctx, g, lines...) },
	Entry("without a command", usage(), `error: expected one of "status", "plan", "report", "apply-changes", "generate", ...`, runHelp),
	Entry("with an unknown command", usage("unlock"), "error: unexpected argument unlock", runHelp),
	Entry("with an unknown flag", usage("status", "--form", "ca"), `error: unknown flag --form, did you mean "--from"?`, runHelp),
	Entry("with a password as a flag", usage("status", "--password=geheim"), "error: unknown flag --password: secrets are not taken from arguments, which everybody can read; set OM_PASSWORD instead", runHelp),
	Entry("with a client secret as a flag", usage("status", "--client-secret", "geheim"), "error: unknown flag --client-secret: secrets are not taken from arguments, which everybody can read; set OM_CLIENT_SECRET instead", runHelp),
	Entry("with a passphrase as a flag", usage("status", "--decryption-passphrase=geheim"), "error: unknown flag --decryption-passphrase: secrets are not taken from arguments, which everybody can read; set OM_DECRYPTION_PASSPHRASE instead", runHelp),
	Entry("with an argument too many", usage("status", "now"), "error: unexpected argument now", runHelp),
	Entry("with an unknown log level", usage("status", "--log-level", "all"), `error: --log-level: "all" is not a log level: expected debug, info, warn or error`, runHelp),
	Entry("with an unknown colour", usage("status", "--color", "blue"), `error: --color must be one of "auto","always","never" but got "blue"`, runHelp),
	Entry("with no duration", usage("apply-changes", "--poll", "soon"), `error: --poll: expected duration but got "soon": time: invalid duration "soon"`, runHelp),
	Entry("with no number", usage("apply-changes", "--attempts", "twice"), `error: --attempts: expected a valid 64 bit int but got "twice"`, runHelp),

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
		"error: uaa-target differs from target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own",
		`error: ca-cert is neither PEM nor a file that can be read: expected "-----BEGIN CERTIFICATE-----…" or a path, for example ca.pem`),

	Entry("with an env file that is not there", given{command: "opsman-ca", args: []string{"status", "--env", "/nowhere/env.yml"}}, "error: the env file cannot be read: open /nowhere/env.yml: no such file or directory"),
	Entry("with an env file that was not interpolated", envFile("target: URL\nusername: admin\npassword: ((opsman_password))\n"),
		"error: the env file's password still holds ((opsman_password)): interpolate the file first, or set OM_VARS_ENV=PREFIX and PREFIX_name"),
	Entry("with an env file of other keys", envFile("url: geheim\nconnect-timeout: 5s\npassword: 1234\n"),
		`error: the env file has the unknown key "url": expected some of `+envKeys,
		"error: the env file's connect-timeout is not a time: expected whole seconds, for example 30",
		`error: the env file's password is not text: put it in quotes, for example "1234"`),

	Entry("from a folder that is not there", logged("status", "--from", "/nowhere/ca"), `error: --from "/nowhere/ca" does not exist: expected the folder that a get of this resource wrote in the same job, for example ca`),
	Entry("from a folder of another resource", given{command: "opsman-ca", args: []string{"plan", "--from", "/etc"}, environ: reached},
		`error: --from "/etc" has no version.json: expected the folder that a get of this resource wrote in the same job, for example ca`),
	Entry("with a selective deploy", logged("apply-changes", "--om", "true", "--product-name", "cf", "-n", "p-mysql"),
		"error: a selective deploy is refused (products cf, p-mysql): a product that is left out keeps the old certificates and loses its foundation in a later phase, so changes are applied to all products; remove the selection"),
	Entry("with --skip-deploy-products", logged("apply-changes", "--om", "true", "--skip-deploy-products"),
		"error: a selective deploy is refused (products none (--skip-deploy-products)): a product that is left out keeps the old certificates and loses its foundation in a later phase, so changes are applied to all products; remove the selection"),
	Entry("with negative numbers", logged("apply-changes", "--om", "true", "--attempts=-1", "--poll=-1s"),
		`error: the duration "poll" is negative (-1s): give one such as 30m`, "error: attempts is -1: give 1 or more"),
	Entry("without om", logged("apply-changes", "--om", "/nowhere/om"), `error: the om binary was not found: exec: "/nowhere/om": stat /nowhere/om: no such file or directory; install om, or name its path`),
)
