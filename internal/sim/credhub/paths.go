package credhub

// ServicesTLSCA is left out of every rotation unless the caller's own exclusion
// list replaces the default one.
const ServicesTLSCA = "/services/tls_ca"

// BOSHDNSCA is what the director's automatic rotation is about.
const BOSHDNSCA = "/opsmgr/bosh_dns/tls_ca"
