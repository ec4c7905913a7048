package cli

import "github.com/alecthomas/kong"

// examples are what the help of a command begins with: one that can be typed as it
// is, with target and credentials in om's env.yml or in OM_TARGET and the rest.
var examples = map[string]string{
	"status":        "opsman-ca status --env env.yml",
	"plan":          "opsman-ca plan --env env.yml",
	"report":        "opsman-ca report --env env.yml --expires-within 3m",
	"metrics":       "opsman-ca metrics --env env.yml --output opsman-ca.prom",
	"serve-metrics": "opsman-ca serve-metrics --env env.yml --listen 127.0.0.1:9752",
	"preflight":     "opsman-ca preflight --env env.yml",
	"notice":        "opsman-ca notice --env env.yml --from ca --phase generate --to notice",
	"apply-changes": "opsman-ca apply-changes --env env.yml --from ca",
	"generate":      "opsman-ca generate --env env.yml --to ca",
	"activate":      "opsman-ca activate --env env.yml --from ca --to ca",
	"regenerate":    "opsman-ca regenerate --env env.yml --from ca --to ca",
	"delete":        "opsman-ca delete --env env.yml --from ca --to ca",
	"verify":        "opsman-ca verify --env env.yml --from ca --to ca",
	"rotate":        "opsman-ca rotate --env env.yml --to ca --dry-run",
	"gate":          `opsman-ca gate --in-window --window '{"days": ["Saturday"], "start": "01:00", "stop": "05:00"}'`,
	"om":            "opsman-ca om --env env.yml -- curl --silent --path /api/v0/info",
	"version":       "opsman-ca version",
}

// showExamples puts them before the flags.
func showExamples(commands []*kong.Node) {
	for _, c := range commands {
		if example := examples[c.Name]; example != "" {
			c.Detail = "For example:\n\n    " + example
		}
	}
}
