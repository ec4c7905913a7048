package omenv

import (
	"errors"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// Whole is the variable with target and login as one map. It is JSON: that is how
// Concourse gives a task a param that is a map.
const Whole = "OPSMAN"

// ofLogin are the variables that say where Ops Manager is, and as whom to log in.
var ofLogin = []string{
	"OM_TARGET", "OM_UAA_TARGET", "OM_USERNAME", "OM_PASSWORD", "OM_CLIENT_ID", "OM_CLIENT_SECRET",
	"OM_DECRYPTION_PASSPHRASE", "OM_CA_CERT", "OM_SKIP_SSL_VALIDATION",
}

// fromWhole reads the map. Nothing of another place is mixed with it: that could be
// the login of another foundation.
func fromWhole(flags Flags, variables map[string]string) (opsman.Config, error) {
	var a opsman.Access
	problems := a.Decode([]byte(variables[Whole]), Whole)
	if beside := elsewhere(flags, variables); len(beside) > 0 {
		problems = append(problems, opsman.Beside(Whole, Whole, beside))
	}
	timeouts, err := readVariables(map[string]string{connectTimeout: variables[connectTimeout], requestTimeout: variables[requestTimeout]})
	config := a.Config()
	config.ConnectTimeout, config.RequestTimeout = timeouts.timeouts()
	return config, errors.Join(append(problems, err)...)
}

// elsewhere are the other places in which target or login are given.
func elsewhere(flags Flags, variables map[string]string) []string {
	beside := slices.DeleteFunc(slices.Clone(ofLogin), func(name string) bool { return variables[name] == "" })
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--target", flags.Target != ""}, {"--username", flags.Username != ""}, {"--client-id", flags.ClientID != ""},
		{"--ca-cert", flags.CACert != ""}, {"--skip-ssl-validation", flags.SkipSSLValidation},
	} {
		if f.given {
			beside = append(beside, f.name)
		}
	}
	if flags.Env != "" {
		beside = append(beside, "the env file "+input.ShownPath(flags.Env))
	}
	return beside
}
