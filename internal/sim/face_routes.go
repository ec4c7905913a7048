package sim

import (
	"github.com/opsman-ca/opsman-ca/internal/sim/uaa"
	"github.com/opsman-ca/opsman-ca/internal/sim/web"
)

// endpoints are the routes that this version of Ops Manager has.
func (f *face) endpoints() *web.Router {
	routes := web.NewRouter(f.admitted)
	for _, r := range []struct {
		pattern string
		needs   web.Access
		do      web.Handler
	}{
		{"POST " + uaa.TokenPath, web.UAARoute, f.uaa.PostToken},
		{"GET /api/v0/info", web.Open, f.getInfo},
		{"PUT /api/v0/unlock", web.Open, f.putUnlock},
		{"POST /api/v0/setup", web.Open, f.postSetup},
		{"GET /login/ensure_availability", web.Open, f.getAvailability},
		{"GET /api/v0/uaa/tokens_expiration", web.Read, f.uaa.GetTokensExpiration},
		{"PUT /api/v0/uaa/tokens_expiration", web.Write, f.uaa.PutTokensExpiration},

		{"GET /api/v0/certificate_authorities", web.Read, f.listAuthorities},
		{"POST /api/v0/certificate_authorities", web.Write, f.createAuthority},
		{"POST /api/v0/certificate_authorities/generate", web.Write, f.generateAuthority},
		{"POST /api/v0/certificate_authorities/active/regenerate", web.Write, f.regenerateLeaves},
		{"POST /api/v0/certificate_authorities/{guid}/activate", web.Write, f.activateAuthority},
		{"DELETE /api/v0/certificate_authorities/{guid}", web.Write, f.deleteAuthority},
		{"POST /api/v0/certificates/generate", web.Write, f.generateCertificate},
		{"GET /api/v0/security/root_ca_certificate", web.Read, f.getRootCA},
		{"GET /api/v0/deployed/certificates", web.Read, f.certificatesV0},

		{"GET /api/v0/installations", web.Read, f.listInstallations},
		{"POST /api/v0/installations", web.Write, f.postInstallation},
		{"GET /api/v0/installations/current_log", web.Read, f.getCurrentLog},
		{"GET /api/v0/installations/{id}", web.Read, f.getInstallation},
		{"GET /api/v0/installations/{id}/logs", web.Read, f.getInstallationLogs},

		{"GET /api/v0/staged/pending_changes", web.Read, f.getPendingChanges},
		{"GET /api/v0/staged/products", web.Read, f.listStagedProducts},
		{"GET /api/v0/deployed/products", web.Read, f.listDeployedProducts},
		{"GET /api/v0/staged/products/{guid}/errands", web.Read, f.getErrands},
		{"PUT /api/v0/staged/products/{guid}/errands", web.Write, f.putErrands},
		{"GET /api/v0/staged/director/properties", web.Read, f.getDirectorProperties},
		{"PUT /api/v0/staged/director/properties", web.Write, f.putDirectorProperties},
		{"DELETE /api/v0/staged", web.Write, f.revertStaged},
		{"GET /api/v0/diagnostic_report", web.Read, f.getDiagnosticReport},
		{"PUT /api/v0/settings/pruning", web.Write, f.putPruning},
	} {
		routes.Route(r.pattern, r.needs, r.do)
	}
	if f.v.preDeployCheck() {
		routes.Route("GET /api/v0/staged/products/{guid}/pre_deploy_check", web.Read, f.getPreDeployCheck)
		routes.Route("GET /api/v0/staged/director/pre_deploy_check", web.Read, f.getDirectorPreDeployCheck)
	}
	if f.v.streamsLogs() {
		routes.Route("GET /api/v1/current_installation_logs", web.Read, f.getCurrentLogV1)
		routes.Route("GET /api/v1/installations/{id}/logs", web.Read, f.getInstallationLogsV1)
	}
	if f.v.certificatesV1() {
		routes.Route("GET /api/v1/deployed/certificates", web.Read, f.certificatesV1)
	}
	return routes
}
