package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opsman-ca/opsman-ca/internal/customca"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/foundation"
	"github.com/opsman-ca/opsman-ca/internal/resource"
	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/setting"
	"github.com/opsman-ca/opsman-ca/internal/troubleshooting"
)

// acceptance are the refusals that an operator overrides.
type acceptance struct {
	Accept []string `sep:"," variable:"ACCEPT" example:"pending-changes,orphaned-instances" placeholder:"CODE" help:"Refusal codes to override, some of: ${acceptable}."`
}

// reasons are the codes, all of which can be accepted.
func (a acceptance) reasons(names setting.Names) ([]rotation.Reason, error) {
	var all []rotation.Reason
	var problems []error
	for _, code := range a.Accept {
		reason := rotation.Reason(strings.TrimSpace(code))
		if !slices.Contains(rotation.Acceptable(), reason) {
			problems = append(problems, fmt.Errorf("%s %q cannot be accepted: expected some of %s, for example pending-changes", names.Of(setting.Accept), code, resource.Acceptable()))
		}
		all = append(all, reason)
	}
	return all, errors.Join(problems...)
}

// generating is what generate alone takes.
type generating struct {
	Certificate   string        `type:"path" variable:"CA_CERTIFICATE_FILE" input:"certs/certificate.pem" placeholder:"FILE" help:"Root CA of your own, PEM; goes with --private-key."`
	PrivateKey    string        `type:"path" variable:"CA_PRIVATE_KEY_FILE" input:"certs/privatekey.pem" placeholder:"FILE" help:"That CA's RSA key, PEM; goes with --certificate."`
	ExpiresWithin resource.Span `variable:"EXPIRES_WITHIN" placeholder:"SPAN" help:"Only when the active CA or a certificate that a rotation replaces expires within it (30d, 6w, 3m, 1y); otherwise succeed and change nothing."`
	Exclude       []string      `name:"exclude-from-rotation" sep:"," variable:"EXCLUDE_FROM_ROTATION" example:"/services/customer_ca,/services/other_ca" placeholder:"PATH" help:"CA in CredHub that this rotation leaves alone, as a customer's own."`
	fullApply
}

// fullApply is the demand of a recent apply changes of all products.
type fullApply struct {
	RequireFullApply bool `name:"require-full-apply" variable:"REQUIRE_FULL_APPLY" help:"Begin a rotation only behind a successful apply changes of all products with their upgrade-all errands within 30 days."`
}

// excluded are the CAs that the rotation leaves alone.
func excluded(given []string, names setting.Names) ([]string, error) {
	var paths []string
	for _, path := range given {
		paths = append(paths, strings.TrimSpace(path))
	}
	if err := foundation.CheckExclude(paths); err != nil {
		return nil, fmt.Errorf("%s %w", names.Of(setting.Exclude), err)
	}
	return paths, nil
}

// custom is the operator's own CA, nil for none; its key is written nowhere.
func (g generating) custom(t *app) (*customca.CA, error) {
	ca, err := g.read(t.names)
	if ca != nil {
		t.client.Conceal(ca.PrivateKeyPEM)
	}
	return ca, err
}

// read reads the operator's own CA, nil for none.
func (g generating) read(names setting.Names) (*customca.CA, error) {
	certificate, privateKey := names.Of(setting.Certificate), names.Of(setting.PrivateKey)
	switch {
	case g.Certificate == "" && g.PrivateKey == "":
		return nil, nil // no CA is no error
	case g.PrivateKey == "":
		return nil, fmt.Errorf("%s is missing: a root CA of your own needs %s and %s, for example custom-ca/key.pem", privateKey, certificate, privateKey)
	case g.Certificate == "":
		return nil, fmt.Errorf("%s is missing: a root CA of your own needs %s and %s, for example custom-ca/cert.pem", certificate, certificate, privateKey)
	}
	for name, path := range map[string]string{certificate: g.Certificate, privateKey: g.PrivateKey} {
		if strings.Contains(path, "-----BEGIN") {
			return nil, fmt.Errorf("%s holds PEM: expected the path of a file with it, for example custom-ca/key.pem", name)
		}
	}
	return resource.ReadCA(g.Certificate, g.PrivateKey, names)
}

// phaseFlags are those of every phase.
type phaseFlags struct {
	inHand
	acceptance
	DryRun bool `variable:"DRY_RUN" help:"Decide and say so, and change nothing, nor write anything to --to."`
}

// keep writes the version where it is wanted. A dry run leaves what an earlier step
// left there, which may know more than was looked at now.
func (f phaseFlags) keep(t *app, v rotation.Version, cas []evidence.CA) error {
	if f.DryRun {
		return nil
	}
	return f.write(t, v, cas)
}

type generateCommand struct {
	phaseFlags
	generating
	RecreateVMs bool `name:"recreate-vms" variable:"RECREATE" help:"Every apply changes of this rotation recreates VMs, as those on old stemcells have to be."`
	ignoring
}

// Run makes the candidate.
func (c *generateCommand) Run(t *app) error {
	custom, wrongCA := c.custom(t)
	exclude, wrongExclude := excluded(c.Exclude, t.names)
	return t.phase(c.phaseFlags, errors.Join(wrongCA, wrongExclude), foundation.Request{
		Phase: rotation.Generate, Custom: custom, Options: rotation.Options{Within: c.ExpiresWithin.Within, Ignore: c.IgnoreInstallation, Exclude: exclude, Recreate: c.RecreateVMs, RequireFullApply: c.RequireFullApply},
	})
}

// laterFlags are those of every phase but generate.
type laterFlags struct {
	phaseFlags
	ignoring
	IfRotating bool `variable:"IF_ROTATING" help:"Succeed and change nothing when no rotation is under way."`
}

// leafFlags are those of the phases that leaf certificates take outside a rotation
// as well.
type leafFlags struct {
	laterFlags
	LeafOnly bool `name:"leaf-only" variable:"LEAF_ONLY" help:"Outside a rotation: the leaf certificates alone, under the CA that is active and stays so."`
}

type (
	activateCommand   struct{ laterFlags }
	regenerateCommand struct{ leafFlags }
	deleteCommand     struct{ laterFlags }
	verifyCommand     struct{ leafFlags }
)

// Run makes the candidate the active CA.
func (c *activateCommand) Run(t *app) error { return c.run(t, rotation.Activate) }

// Run renews the leaf certificates.
func (c *regenerateCommand) Run(t *app) error { return c.run(t, rotation.Regenerate) }

// Run deletes the retiring CA.
func (c *deleteCommand) Run(t *app) error { return c.run(t, rotation.Delete) }

// Run looks whether the last apply changes reached every product.
func (c *verifyCommand) Run(t *app) error { return c.run(t, rotation.Verify) }

// run is the phase of the rotation, or that of the leaf certificates alone.
func (f leafFlags) run(t *app, s rotation.Phase) error {
	if !f.LeafOnly {
		return f.laterFlags.run(t, s)
	}
	var wrong error
	if f.IfRotating {
		wrong = fmt.Errorf("%s is for a foundation without a rotation and %s for one with: leave out one of them", t.names.Of(setting.LeafOnly), t.names.Of(setting.IfRotating))
	}
	return t.phase(f.phaseFlags, wrong, foundation.Request{Phase: s, Options: rotation.Options{LeafOnly: true, Ignore: f.IgnoreInstallation}})
}

func (f laterFlags) run(t *app, s rotation.Phase) error {
	return t.phase(f.phaseFlags, nil, foundation.Request{Phase: s, Options: rotation.Options{IfRotating: f.IfRotating, Ignore: f.IgnoreInstallation}})
}

// phase runs one phase with the flags of all; known is what is wrong already.
func (t *app) phase(flags phaseFlags, known error, wanted foundation.Request) error {
	from, applied, err := handed(flags.From, t.names)
	reasons, wrong := flags.reasons(t.names)
	if err := errors.Join(known, err, wrong, flags.check(t.names)); err != nil {
		return err
	}
	wanted.From, wanted.DryRun, wanted.Options.Accept = from, flags.DryRun, reasons
	runner := t.runner()
	runner.Applied = applied
	o, err := runner.Run(t.ctx, wanted)
	if err != nil {
		return t.interrupted(err, o.Sent)
	}
	kept := flags.keep(t, o.View.Observed.Version, o.View.Evidence.CAs)
	if o.Partly != nil {
		return errors.Join(kept, o.Partly)
	}
	return kept
}

func (t *app) runner() foundation.Runner {
	return foundation.Runner{API: t.client, Console: t.console, Sleep: t.Sleep, Unrotated: t.unrotated, Names: t.names}
}

// interrupted says how to go on when the command was told to end.
func (t *app) interrupted(err error, sent bool) error {
	switch {
	case t.ctx.Err() == nil:
		return err
	case sent:
		return troubleshooting.WithCodes(errors.New("interrupted: Ops Manager may or may not have carried out the call that was under way; rerun the same step: it looks first, and does nothing twice"), troubleshooting.Interrupted)
	}
	return troubleshooting.WithCodes(errors.New("interrupted: nothing was changed in Ops Manager; rerun the step"), troubleshooting.Interrupted)
}
