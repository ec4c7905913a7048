package shapes

import (
	"context"
	"fmt"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/rotation"
	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/internal/sim/process"
	"github.com/opsman-ca/opsman-ca/test/soak/rig"
)

const day = 24 * time.Hour

func subCA(s sim.SubCA) func(*sim.Options) {
	return func(o *sim.Options) { o.SubCAs = append(o.SubCAs, s) }
}

// leavingCredHub are shapes beside which Ops Manager leaves CredHub alone.
func leavingCredHub() []string {
	return []string{"TKGI", "TKGI with clusters, upgraded in between", "TKGI with clusters, errand switched on", "TAS too old for Maestro"}
}

// certificates are what CAs and certificates there may be.
func certificates() []Shape {
	dns := func(o *sim.Options) { o.AutoRotateDNS = true }
	return []Shape{
		{
			Name: "CA of a customer", Facts: "§3.9", Change: func(o *sim.Options) { o.CustomerCA = true }, Refuses: always(rotation.ReasonCustomerCAs),
			Advice: advise(Advice{Text: "exclude /customer/tls_ca", Exclude: []string{"/customer/tls_ca"}}),
		},
		{
			// Where Maestro is not called, nothing renews it.
			Name: "leaf certificate that was set by hand", Facts: "§4.5, §3.11", Change: func(o *sim.Options) { o.HandSet = true },
			Refuses: withV1(rotation.ReasonHandSet), Names: always(rotation.ReasonHandSet),
			// Beside a second CA a leaf that is older than the active one may be of that.
			Without: append(leavingCredHub(), "leftover CA"),
			Advice:  advise(Advice{Text: "set it again", Before: []Step{click(sim.Action{Do: "credhub-set"})}}),
		},
		{Name: "own exclusions of Ops Manager", Facts: "§3.9, §4.5", Change: subCA(sim.SubCA{Path: "/telemetry-ca-cert", Excluded: true})},
		{Name: "expired CA below the root", Facts: "§4.7", Change: subCA(sim.SubCA{Path: "/cf_ca", Left: -3 * day}), Refuses: always(rotation.ReasonExpiredCA), Support: true},
		{Name: "CA below the root that expires in an hour", Facts: "§4.7, §5.18", Change: subCA(sim.SubCA{Path: "/cf_ca", Left: time.Hour}), Refuses: always(rotation.ReasonExpiredCA), Support: true, Without: []string{"expired CA below the root", "CA below the root that expires in twenty days"}},
		{Name: "CA below the root that expires in twenty days", Facts: "§4.7, §5.18", Change: subCA(sim.SubCA{Path: "/cf_ca", Left: 20 * day}), Without: []string{"expired CA below the root"}},
		{Name: "expired CA that no rotation replaces", Facts: "§4.5", Change: subCA(sim.SubCA{Path: "/services/tls_ca", Left: -day})},
		{
			Name: "DNS that rotates by itself, switched off", Facts: "§4.8", Since: []int{3, 0, 17}, Change: dns, Refuses: always(rotation.ReasonAutomaticDNS),
			Advice: advise(Advice{Text: "clear the director's option and apply", Before: []Step{{"clear the director's option", dnsOff}, applyAll()}}),
		},
		{
			Name: "DNS that rotates by itself, accepted", Facts: "§4.8", Since: []int{3, 0, 17}, Change: dns, Refuses: always(rotation.ReasonAutomaticDNS), Without: []string{"DNS that rotates by itself, switched off"},
			Advice: advise(Advice{Text: "accept dns-auto-rotation", Accept: []rotation.Reason{rotation.ReasonAutomaticDNS}}),
		},
		{
			Name: "configurable certificate below the root", Facts: "§4.2, §4.5", Change: func(o *sim.Options) { o.ConfigurableLeaf = true },
			// With these Ops Manager does not tell who signed one that was replaced today.
			Without: []string{"bare dates", "v1 without GUIDs"},
			Refuses: withV1(rotation.ReasonConfigurableAhead), Names: always(rotation.ReasonConfigurableAhead),
			Advice: advise(Advice{
				Text: "accept configurable-certificates-ahead; replace them when delete waits", Accept: []rotation.Reason{rotation.ReasonConfigurableAhead},
				OnStop: map[string][]Step{string(rotation.ReasonConfigurable): {click(sim.Action{Do: "replace-configurable"}), applyAll()}},
			}),
		},
		{Name: "own root CA", Facts: "§3.5", Change: func(o *sim.Options) { o.OwnRootCA = true }},
		{Name: "own root CA, dated when it was signed", Facts: "§8", Change: func(o *sim.Options) { o.OwnRootCA, o.CreatedOnNotBefore = true, true }},
		{
			// Beside an own root CA it is unknown which installations came after it.
			// The apply changes that its advice asks for would carry out a deletion.
			// A rotate that deletes it begins no rotation, which would be refused beside a CA
			// that expires in an hour, or has.
			Name: "leftover CA", Without: []string{"own root CA", "own root CA, dated when it was signed", "tile staged for deletion", "CA below the root that expires in an hour", "expired CA below the root"}, Facts: "§8", Change: func(o *sim.Options) { o.LeftoverCA = true }, Refuses: always(rotation.ReasonUnderWay),
			Advice: advise(Advice{Text: "delete the CA that is left over and apply", Before: []Step{click(sim.Action{Do: "delete"}), applyAll()}}),
		},
		{Name: "v1 without GUIDs", Facts: "§3.11", Since: []int{3, 0, 17}, Change: func(o *sim.Options) { o.V1WithoutGUIDs = true }},
		{Name: "v1 tells of NATS CAs by deployment", Facts: "§3.11, §8", Since: []int{3, 0, 17}, Change: func(o *sim.Options) { o.V1NATSByDeployment = true }},
		{Name: "PEM with text around it", Facts: "§8", Change: func(o *sim.Options) { o.DecoratedPEM = true }},
	}
}

// dnsOff clears the director's option with om, as an operator would in the UI.
func dnsOff(ctx context.Context, r *rig.Rig) error {
	ended := r.Run(ctx, process.Program{
		Path: "om-quick", Environ: r.Environ(),
		Args: []string{"curl", "--silent", "--path", "/api/v0/staged/director/properties", "--request", "PUT", "--data", `{"director_configuration":{"automatic_certificate_rotation_enabled":false}}`},
	})
	if !ended.OK() {
		return fmt.Errorf("om curl: %s", ended.Sentence())
	}
	return nil
}
