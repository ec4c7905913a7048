package cli

import (
	"cmp"
	"regexp"
	"strings"
)

// flagForm is how sentences name a flag, with its variable before it or without;
// those on a CA's files have it from its key, as in --private_key.
var flagForm = regexp.MustCompile(`(?:([A-Z_]+)(, | \())?--([a-z][a-z_-]*[a-z])(\)?)`)

// called is a sentence of an error for those who gave variables: who set the
// task's param ACCEPT has never seen --accept.
func (v *variables) called(sentence string) string {
	return flagForm.ReplaceAllStringFunc(v.keyed(sentence), func(named string) string {
		match := flagForm.FindStringSubmatch(named)
		name := v.names[strings.ReplaceAll(match[3], "_", "-")]
		switch {
		case name == "":
			return named
		case match[1] == "":
			return name + match[4]
		case match[1] != name:
			return match[1] + match[2] + name + match[4]
		case match[2] == " (":
			return name // NAME (--flag)
		}
		return name + match[4]
	})
}

// key is a phrase of the packages behind the resource and the command. They name
// the resource's keys, of which the command has only flags and variables. Each is
// long enough to be no server's and no om's.
type key struct {
	phrase *regexp.Regexp
	// said is what the command says: {flag VARIABLE} is one of both.
	said string
}

var keys = []key{
	{
		regexp.MustCompile(`(: give the certificate that signed Ops Manager's own as )ca_cert\b`),
		"${1}{ca-cert OM_CA_CERT}, or as ca-cert in the env file",
	},
	{
		regexp.MustCompile(`(: set )decryption_passphrase(, or enter the passphrase in its web page)`),
		"${1}OM_DECRYPTION_PASSPHRASE, or decryption-passphrase in the env file$2",
	},
	{
		regexp.MustCompile(`( is locked and refused the passphrase: check )decryption_passphrase\b`),
		"${1}OM_DECRYPTION_PASSPHRASE, or decryption-passphrase in the env file",
	},
	{regexp.MustCompile(`(: look at its VM), or raise unlock_timeout\b`), "$1, then run this again"},
	{regexp.MustCompile(`(; or, if you know better, add \\?"[a-z-]+\\?" to )accept\b`), "${1}{accept ACCEPT}"},
	{regexp.MustCompile(`\(only with accept (pending-changes\))`), "(only with {accept ACCEPT} $1"},
	{regexp.MustCompile(`\bregenerate --leaf-only, without the dry run\b`), "regenerate with {leaf-only LEAF_ONLY}, and without {dry-run DRY_RUN}"},
}

// named is a flag and its variable in the text of a key.
var named = regexp.MustCompile(`\{([a-z-]+) ([A-Z_]+)\}`)

// keyed is a text with the names that the command has for the resource's keys: a
// flag's, or its variable's in a task. All else is left as it is.
func (v *variables) keyed(text string) string {
	for _, k := range keys {
		// Every line of the log comes by, and hardly one has a phrase.
		if !k.phrase.MatchString(text) {
			continue
		}
		said := named.ReplaceAllStringFunc(k.said, func(one string) string {
			match := named.FindStringSubmatch(one)
			if _, given := v.values[match[2]]; given || v.task() {
				return match[2]
			}
			return cmp.Or(v.names[match[1]], "--"+match[1])
		})
		text = k.phrase.ReplaceAllString(text, said)
	}
	return text
}

// task tells whether a task runs the command: every one sets ENV_FILE, be it to
// nothing.
func (v *variables) task() bool {
	_, set := v.values["ENV_FILE"]
	return set
}
