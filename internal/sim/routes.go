package sim

import "net/http"

// routes are the endpoints that this version of Ops Manager has.
func (f *Foundation) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range []struct {
		pattern string
		needs   access
		do      func(*call) response
	}{
		{"POST " + tokenPath, uaaRoute, f.postToken},
		{"GET /api/v0/info", open, f.getInfo},
		{"PUT /api/v0/unlock", open, f.putUnlock},
		{"POST /api/v0/setup", open, f.postSetup},
		{"GET /login/ensure_availability", open, f.getAvailability},
		{"GET /api/v0/uaa/tokens_expiration", read, f.getTokensExpiration},
		{"PUT /api/v0/uaa/tokens_expiration", write, f.putTokensExpiration},

		{"GET /api/v0/certificate_authorities", read, f.listAuthorities},
		{"POST /api/v0/certificate_authorities", write, f.createAuthority},
		{"POST /api/v0/certificate_authorities/generate", write, f.generateAuthority},
		{"POST /api/v0/certificate_authorities/active/regenerate", write, f.regenerateLeaves},
		{"POST /api/v0/certificate_authorities/{guid}/activate", write, f.activateAuthority},
		{"DELETE /api/v0/certificate_authorities/{guid}", write, f.deleteAuthority},
		{"POST /api/v0/certificates/generate", write, f.generateCertificate},
		{"GET /api/v0/security/root_ca_certificate", read, f.getRootCA},
		{"GET /api/v0/deployed/certificates", read, f.certificatesV0},

		{"GET /api/v0/installations", read, f.listInstallations},
		{"POST /api/v0/installations", write, f.postInstallation},
		{"GET /api/v0/installations/current_log", read, f.getCurrentLog},
		{"GET /api/v0/installations/{id}", read, f.getInstallation},
		{"GET /api/v0/installations/{id}/logs", read, f.getInstallationLogs},

		{"GET /api/v0/staged/pending_changes", read, f.getPendingChanges},
		{"GET /api/v0/staged/products", read, f.listStagedProducts},
		{"GET /api/v0/deployed/products", read, f.listDeployedProducts},
		{"GET /api/v0/staged/products/{guid}/errands", read, f.getErrands},
		{"PUT /api/v0/staged/products/{guid}/errands", write, f.putErrands},
		{"GET /api/v0/staged/director/properties", read, f.getDirectorProperties},
		{"PUT /api/v0/staged/director/properties", write, f.putDirectorProperties},
		{"DELETE /api/v0/staged", write, f.revertStaged},
		{"GET /api/v0/diagnostic_report", read, f.getDiagnosticReport},
		{"PUT /api/v0/settings/pruning", write, f.putPruning},
	} {
		f.route(mux, r.pattern, r.needs, r.do)
	}
	if f.v.preDeployCheck() {
		f.route(mux, "GET /api/v0/staged/products/{guid}/pre_deploy_check", read, f.getPreDeployCheck)
		f.route(mux, "GET /api/v0/staged/director/pre_deploy_check", read, f.getDirectorPreDeployCheck)
	}
	if f.v.streamsLogs() {
		f.route(mux, "GET /api/v1/current_installation_logs", read, f.getCurrentLogV1)
		f.route(mux, "GET /api/v1/installations/{id}/logs", read, f.getInstallationLogsV1)
	}
	if f.v.certificatesV1() {
		f.route(mux, "GET /api/v1/deployed/certificates", read, f.certificatesV1)
	}
	return mux
}
