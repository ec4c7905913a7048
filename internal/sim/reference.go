package sim

import "github.com/opsman-ca/opsman-ca/internal/sim/identifiers"

// ReferenceFoundation is one that nothing is wrong with, but that has what real
// ones have: TAS with a SAML certificate from the "Generate" button and trust
// bundles for LDAP and the database, on-demand MySQL and RabbitMQ with
// instances, an isolation segment, Windows cells, a tile without VMs, an
// ignorable verifier that fails (so changes are applied with ignore_warnings), a
// year of selective deploys, and a history that is pruned. The version is the
// caller's to choose.
func ReferenceFoundation() Options {
	return Options{
		Tiles: ReferenceTiles(), SelectiveHistory: 365, DaysToKeep: 120,
		// The last deployment of everything is older than what the history keeps.
		LeafAge: 400 * day,
	}
}

// ReferenceTiles are the tiles of ReferenceFoundation.
func ReferenceTiles() []Tile {
	return []Tile{
		referenceTAS(),
		{
			Identifier: "p-isolation-segment", Label: "Isolation Segment", Version: "2.13.32", DependsOn: []string{"cf"},
			Jobs: []Job{{"isolated_router", 1}, {"isolated_diego_cell", 1}},
		},
		{
			Identifier: "pas-windows", Label: "VMware Tanzu Application Service for Windows", Version: "2.13.29", DependsOn: []string{"cf"},
			Jobs: []Job{{"windows_diego_cell", 2}}, Stemcell: Stemcell{OS: "windows2019", Version: "2019.71"},
		},
		ServiceTile("p.mysql", "MySQL for VMware Tanzu", "2.10.16", 2, Job{"dedicated-mysql-broker", 1}, Job{"mysql", 1}),
		ServiceTile("p.rabbitmq", "VMware Tanzu RabbitMQ", "2.3.2", 2, Job{"on-demand-broker", 1}, Job{"rabbitmq-server", 1}),
		{
			// Its errands push apps; it has no VM and no stemcell.
			Identifier: "p-scheduler", Label: "Scheduler for VMware Tanzu", Version: "2.0.5", DependsOn: []string{"cf"},
			Errands: []ErrandSpec{
				{Name: "deploy-scheduler", Label: "Deploy scheduler", PostDeploy: true},
				{Name: "destroy-scheduler", Label: "Destroy scheduler", PreDelete: true},
			},
		},
	}
}

// referenceTAS has configurable certificates that no rotation of the root CA
// touches (facts §4.5); the names of SAML and its procedure are the vendor's.
func referenceTAS() Tile {
	const saml, trusted = "Identity Provider SAML Procedure", "Configurable Certificate Procedure"
	return Tile{
		Identifier: "cf", Label: "VMware Tanzu Application Service", Version: "2.13.35",
		Jobs: []Job{{"router", 2}, {"control", 1}, {"compute", 2}, {"database", 1}},
		Errands: []ErrandSpec{
			{Name: "smoke_tests", Label: "Smoke Test Errand", PostDeploy: true},
			{Name: "push-usage-service", Label: "Usage Service Errand", PostDeploy: "default"},
		},
		Certificates: []TileCertificate{
			{Name: ".uaa.service_provider_key_credentials", Generated: true, Procedure: saml},
			{Name: ".properties.uaa.ldap.server_ssl_cert", IsCA: true, Issuer: "/C=DE/O=Example Corp/CN=Example Corp LDAP CA", Procedure: trusted},
			{Name: ".properties.system_database.external.ca_cert", IsCA: true, Issuer: "/C=US/O=Example Cloud/CN=Example Cloud RDS Root 2019 CA", Procedure: trusted},
			{
				// Trust bundles outlive what is in them: this public root ended in 2021.
				Name: ".properties.uaa.ldap.server_ssl_cert", IsCA: true, Issuer: "/O=Digital Signature Trust Co./CN=DST Root CA X3",
				Age: 20 * 365 * day, Left: -600 * day, Procedure: trusted,
			},
		},
		Verifiers: []Verifier{{
			Type: "WildcardDomainVerifier", Ignorable: true,
			Errors: []string{"Wildcard domain '*.apps.example.com' could not be resolved to any IP addresses."},
		}},
	}
}

// TKGITile is the Kubernetes tile with clusters: service instances, whose errand
// is off by default (facts §4.5).
func TKGITile(clusters int) Tile {
	tile := Tile{
		Identifier: TKGI, Label: "Tanzu Kubernetes Grid Integrated Edition", Version: "1.19.0",
		Jobs: []Job{{TKGI, 1}},
	}
	for range clusters {
		tile.ServiceInstances = append(tile.ServiceInstances, ServiceInstance{Name: identifiers.UUID(), Jobs: []Job{{"master", 1}, {"worker", 2}}})
	}
	if clusters > 0 {
		tile.Errands = []ErrandSpec{
			{Name: UpgradeAllErrand, Label: "Upgrade all clusters errand", PostDeploy: false},
			{Name: "delete-all-service-instances", Label: "Delete all clusters errand", PreDelete: true},
		}
	}
	return tile
}
