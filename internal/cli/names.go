package cli

import (
	"strings"

	"github.com/alecthomas/kong"

	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// name is what who runs the command calls a key. It is the setting.Names of all that
// the command says.
func (v *variables) name(k setting.Key) string {
	if v.whole() && (opsman.Access{}).Has(k) {
		return omenv.Whole + "." + string(k)
	}
	switch k {
	case setting.CACert:
		return v.flag("ca-cert") + ", or ca-cert in the env file"
	case setting.DecryptionPassphrase:
		return "OM_DECRYPTION_PASSPHRASE, or decryption-passphrase in the env file"
	case setting.UnlockTimeout:
		return "" // the resource alone has it
	case setting.Recreate:
		return v.flag("recreate-vms")
	case setting.Unrotated:
		return v.flag("unrotated")
	}
	return v.flag(strings.ReplaceAll(string(k), "_", "-"))
}

// flag is the flag, or its variable where that is set: who set the task's param ACCEPT
// has never seen --accept. A task has nothing but variables.
func (v *variables) flag(name string) string {
	variable, known := v.names[name]
	if _, set := v.values[variable]; known && (set || v.task()) {
		return variable
	}
	return "--" + name
}

// whole tells whether target and login come as one map.
func (v *variables) whole() bool { return v.values[omenv.Whole] != "" }

// task tells whether a task runs the command: every one sets ENV_FILE, be it to
// nothing.
func (v *variables) task() bool {
	_, set := v.values["ENV_FILE"]
	return set
}

// learn notes the variables of all flags. Where commands have different ones for a
// flag, Resolve notes that of the command that runs.
func (v *variables) learn(node *kong.Node) {
	for _, flag := range node.Flags {
		if variable := flag.Tag.Get(variableTag); variable != "" {
			v.names[flag.Name] = variable
		}
	}
	for _, child := range node.Children {
		v.learn(child)
	}
}

// onLine forgets the variables of the flags that are on the command line: those go by
// what was typed.
func (v *variables) onLine(parsed *kong.Context) {
	for _, part := range parsed.Path {
		if part.Flag != nil && !part.Resolved {
			delete(v.names, part.Flag.Name)
		}
	}
}
