// Package omenv reads how to reach an Ops Manager the way om does: from an
// env.yml, from OM_… variables, and from flags, each overruling the one before; or from
// one map with all of it, which nothing overrules.
package omenv

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

// settings are the keys of om's env.yml; the variables are the same names in
// capitals with OM_ before them. Timeouts are in whole seconds, as om has them.
type settings struct {
	Target               string `yaml:"target"`
	UAATarget            string `yaml:"uaa-target"`
	Username             string `yaml:"username"`
	Password             string `yaml:"password"`
	ClientID             string `yaml:"client-id"`
	ClientSecret         string `yaml:"client-secret"`
	DecryptionPassphrase string `yaml:"decryption-passphrase"`
	CACert               string `yaml:"ca-cert"`
	SkipSSLValidation    *bool  `yaml:"skip-ssl-validation"`
	ConnectTimeout       int    `yaml:"connect-timeout"`
	RequestTimeout       int    `yaml:"request-timeout"`
	// Trace is accepted because env files have it; nothing here prints requests.
	Trace *bool `yaml:"trace"`
}

// The variables that are no login.
const (
	connectTimeout = "OM_CONNECT_TIMEOUT"
	requestTimeout = "OM_REQUEST_TIMEOUT"
)

// Flags are what the command line may say. There is none for a secret: the
// arguments of a process are for everybody to read.
type Flags struct {
	Env               string `name:"env" short:"e" type:"path" variable:"ENV_FILE" under:"env" placeholder:"FILE" help:"om's env.yml with target and credentials."`
	Target            string `name:"target" short:"t" placeholder:"URL" help:"Address of Ops Manager (OM_TARGET; or OPSMAN, target and login as one map in JSON)."`
	Username          string `name:"username" short:"u" placeholder:"NAME" help:"Ops Manager user (OM_USERNAME); its password comes from OM_PASSWORD or the env file."`
	ClientID          string `name:"client-id" short:"c" placeholder:"ID" help:"UAA client (OM_CLIENT_ID); its secret comes from OM_CLIENT_SECRET or the env file."`
	CACert            string `name:"ca-cert" placeholder:"PEM|FILE" help:"CA of Ops Manager's web certificate, the PEM or a file with it (OM_CA_CERT)."`
	SkipSSLValidation bool   `name:"skip-ssl-validation" short:"k" help:"Do not verify Ops Manager's web certificate (OM_SKIP_SSL_VALIDATION)."`
}

// Config merges flags, environment and env file. Every problem is named at
// once, and none with a secret in it.
func Config(flags Flags, environ []string) (opsman.Config, error) {
	variables := lookup(environ)
	if variables[Whole] != "" {
		return fromWhole(flags, variables)
	}
	fromFlags := flags.settings()
	fromEnvironment, err := readVariables(variables)
	problems := []error{err}
	var fromFile settings
	if flags.Env != "" {
		var empty bool
		fromFile, empty, err = readEnv(flags.Env, variables, merge(fromFlags, fromEnvironment))
		if empty && fromFlags.Target == "" && fromEnvironment.Target == "" {
			err = fmt.Errorf("the env file %s is empty: expected at least target, username and password (or client-id and client-secret), for example target: https://opsman.example.com", input.ShownPath(flags.Env))
		}
		problems = append([]error{err}, problems...)
	}

	merged := merge(fromFlags, fromEnvironment, fromFile)
	if merged.UAATarget != "" && strings.TrimRight(merged.UAATarget, "/") != strings.TrimRight(merged.Target, "/") {
		problems = append(problems, errors.New("OM_UAA_TARGET differs from the target: a UAA elsewhere is not supported; leave it out, Ops Manager has its own"))
	}
	place := "the env file's ca-cert"
	switch {
	case fromFlags.CACert != "":
		place = "--ca-cert"
	case fromEnvironment.CACert != "":
		place = "OM_CA_CERT"
	}
	certificate, err := certificates(place, merged.CACert)
	problems = append(problems, err)

	config := opsman.Config{
		Target: merged.Target, Username: merged.Username, Password: merged.Password,
		ClientID: merged.ClientID, ClientSecret: merged.ClientSecret, DecryptionPassphrase: merged.DecryptionPassphrase,
		CACert: certificate, SkipSSLValidation: merged.SkipSSLValidation != nil && *merged.SkipSSLValidation,
	}
	config.ConnectTimeout, config.RequestTimeout = merged.timeouts()
	return config, errors.Join(problems...)
}

func (s settings) timeouts() (connect, request time.Duration) {
	return time.Duration(s.ConnectTimeout) * time.Second, time.Duration(s.RequestTimeout) * time.Second
}

func lookup(environ []string) map[string]string {
	variables := map[string]string{}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		variables[name] = value
	}
	return variables
}

func readVariables(variables map[string]string) (settings, error) {
	var problems []error
	seconds := func(name string) int {
		value := variables[name]
		if value == "" {
			return 0
		}
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			problems = append(problems, fmt.Errorf("%s %s is not a time: expected whole seconds, for example 30", name, input.Excerpt(value)))
			return 0
		}
		return n
	}
	var skip *bool
	if value := variables["OM_SKIP_SSL_VALIDATION"]; value != "" {
		yes, err := strconv.ParseBool(value)
		if err != nil {
			problems = append(problems, fmt.Errorf("OM_SKIP_SSL_VALIDATION %s is neither true nor false: expected for example true", input.Excerpt(value)))
		}
		skip = &yes
	}
	return settings{
		Target: variables["OM_TARGET"], UAATarget: variables["OM_UAA_TARGET"],
		Username: variables["OM_USERNAME"], Password: variables["OM_PASSWORD"],
		ClientID: variables["OM_CLIENT_ID"], ClientSecret: variables["OM_CLIENT_SECRET"],
		DecryptionPassphrase: variables["OM_DECRYPTION_PASSPHRASE"], CACert: variables["OM_CA_CERT"],
		SkipSSLValidation: skip,
		ConnectTimeout:    seconds(connectTimeout), RequestTimeout: seconds(requestTimeout),
	}, errors.Join(problems...)
}
