package sim

import (
	"maps"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/sim/known"
)

// directorSettings are the director's staged properties, by section.
type directorSettings map[string]map[string]any

const (
	directorSection       = "director_configuration"
	recreateVMsKey        = "bosh_recreate_on_next_deploy"
	recreateDirectorKey   = "bosh_director_recreate_on_next_deploy"
	automaticRotationFlag = "automatic_certificate_rotation_enabled"
)

func newDirectorSettings(o Options) directorSettings {
	d := directorSettings{
		directorSection: {
			recreateVMsKey: false, "resurrector_enabled": true, "max_threads": 5,
			"duration_overrides_enabled": false, "ca_certificate_duration": nil, "leaf_certificate_duration": nil,
		},
		"iaas_configuration": {}, "security_configuration": {}, "syslog_configuration": {"enabled": false},
	}
	if on := o.rotatesDNS(); on || parseVersion(o.Version).automaticDNS() {
		d[directorSection][automaticRotationFlag] = on
	}
	return d
}

// rotatesDNS tells whether BOSH DNS rotates by itself, here or in the foundation
// that it resembles.
func (o Options) rotatesDNS() bool {
	if o.Known == nil || o.Known.Certificates == nil {
		return o.AutoRotateDNS
	}
	return slices.ContainsFunc(o.Known.Certificates, func(k known.Certificate) bool { return k.AutoRotated })
}

func (d directorSettings) flag(key string) bool {
	on, _ := d[directorSection][key].(bool)
	return on
}

func (d directorSettings) recreateVMs() bool      { return d.flag(recreateVMsKey) }
func (d directorSettings) recreateDirector() bool { return d.flag(recreateDirectorKey) }

// merge takes a subset of the properties.
func (d directorSettings) merge(subset map[string]map[string]any) {
	for section, values := range subset {
		if d[section] == nil {
			d[section] = map[string]any{}
		}
		maps.Copy(d[section], values)
	}
}

// consumeRecreate clears the one-shot flags after an apply, which leaves the
// director looking changed.
func (f *Foundation) consumeRecreate(in *installation) {
	if !in.plan.recreate && !in.plan.recreateDirector {
		return
	}
	if !f.director.recreateVMs() && !f.director.recreateDirector() {
		return
	}
	f.director.merge(map[string]map[string]any{directorSection: {recreateVMsKey: false}})
	if f.v.directorRecreate() {
		f.director.merge(map[string]map[string]any{directorSection: {recreateDirectorKey: false}})
	}
	f.products[0].stage()
}

func (d directorSettings) clone() directorSettings {
	c := directorSettings{}
	for section, values := range d {
		c[section] = maps.Clone(values)
	}
	return c
}
