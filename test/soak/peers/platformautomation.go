package peers

import (
	"context"

	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

// What the scripts of Platform Automation's tasks run, in the order of its guide
// to rotating the CA; RECREATE and the errand file are left out, as the guide
// does.
const (
	configureNew = `set -eux
if [ -f certs/certificate.pem ]; then
  om create-certificate-authority --format json --certificate-pem "$(<certs/certificate.pem)" --private-key-pem "$(<certs/privatekey.pem)"
else
  om generate-certificate-authority
fi`
	applyChanges = "set -eux\nom apply-changes --reattach"
	activate     = "set -eux\nom activate-certificate-authority"
	regenerate   = "set -eux\nom regenerate-certificates"
	deleteOld    = "set -eux\nom delete-certificate-authority --all-inactive"
)

// PlatformAutomation runs the jobs of Platform Automation's pipeline with the
// real om, each again while it is red.
func PlatformAutomation(ctx context.Context, r *rig.Rig) judge.Said {
	task := func(name, script string) step {
		return step{name, func(ctx context.Context) string {
			ended := r.Run(ctx, process.Program{Path: "/bin/bash", Args: []string{"-c", script}, Environ: r.Environ()})
			if ended.OK() {
				return ""
			}
			return "exit: " + ended.Sentence()
		}}
	}
	return follow(ctx, r, []step{
		task("configure-new-certificate-authority", configureNew),
		task("apply-changes (trust)", applyChanges),
		task("activate-certificate-authority", activate),
		task("regenerate-certificates", regenerate),
		task("apply-changes (leaves)", applyChanges),
		task("delete-certificate-authority", deleteOld),
		task("apply-changes (removal)", applyChanges),
	})
}
