package sim_test

import (
	"net/http"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

var _ = Describe("access", func() {
	clientGrant := url.Values{"grant_type": {"client_credentials"}, "client_id": {"concourse"}, "client_secret": {"concourse-secret"}, "token_format": {"jwt"}}

	DescribeTable("tokens", func(form url.Values, status int, field string) {
		got, body := start(sim.Options{}).tokenFor(form)
		Expect(got).To(Equal(status))
		Expect(body).To(HaveKey(field))
	},
		Entry("password", passwordGrant("admin", "admin"), http.StatusOK, "refresh_token"),
		Entry("wrong password", passwordGrant("admin", "wrong"), http.StatusUnauthorized, "error_description"),
		Entry("client", clientGrant, http.StatusOK, "access_token"),
		Entry("wrong secret", url.Values{"grant_type": {"client_credentials"}, "client_id": {"concourse"}, "client_secret": {"x"}}, http.StatusUnauthorized, "error"),
		Entry("unknown grant", url.Values{"grant_type": {"magic"}}, http.StatusUnauthorized, "error"),
		Entry("unknown refresh token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {"opsman"}}, http.StatusUnauthorized, "error"),
	)

	It("gives a new token for a refresh token", func() {
		om := start(sim.Options{})
		_, body := om.tokenFor(passwordGrant("admin", "admin"))
		status, body := om.tokenFor(url.Values{"grant_type": {"refresh_token"}, "client_id": {"opsman"}, "refresh_token": {text(body["refresh_token"])}})
		Expect(status).To(Equal(http.StatusOK))
		om.token = text(body["access_token"])
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
	})

	It("wants a token", func() {
		om := start(sim.Options{})
		a := om.get(cas)
		Expect(a.status).To(Equal(http.StatusUnauthorized))
		Expect(a.body["errors"]).To(HaveKeyWithValue("base", ConsistOf(ContainSubstring("CF::UAA::InvalidToken"))))
		Expect(om.get("/api/v0/info").status).To(Equal(http.StatusOK))
	})

	It("lets tokens expire by the foundation's clock", func() {
		om := loggedIn(sim.Options{TokenTTL: time.Minute})
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
		om.Advance(time.Minute)
		Expect(om.get(cas).status).To(Equal(http.StatusUnauthorized))
		om.login()
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
	})

	It("does not let the clock's pacing expire tokens", func() {
		om := loggedIn(sim.Options{TokenTTL: 10 * time.Second})
		for range 20 {
			Expect(om.Operator(sim.Action{Do: "regenerate"})).To(Succeed())
		}
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
	})

	It("lets a view scope read and not write", func() {
		om := loggedIn(sim.Options{Scope: "opsman.restricted_view"})
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
		Expect(om.call("POST", cas+"/generate", nil).status).To(Equal(http.StatusForbidden))
		Expect(om.authorities()).To(HaveLen(1))
	})

	It("invalidates opaque tokens at the next login of the same client", func() {
		om := start(sim.Options{OpaqueLogout: true})
		form := passwordGrant("admin", "admin")
		form.Set("token_format", "opaque")
		_, first := om.tokenFor(form)
		_, _ = om.tokenFor(form)
		om.token = text(first["access_token"])
		Expect(om.get(cas).status).To(Equal(http.StatusUnauthorized))
	})

	It("is locked after a reboot until an operator gives the passphrase", func() {
		om := loggedIn(sim.Options{Version: "3.3.0-build.10", UAADowntime: time.Hour})
		Expect(om.Operator(sim.Action{Do: "lock"})).To(Succeed())
		Expect(om.get(cas).status).To(Equal(http.StatusBadGateway))
		Expect(om.get("/login/ensure_availability").header.Get("Location")).To(Equal("/unlock"))
		Expect(om.get("/api/v0/info").body["info"]).To(HaveKeyWithValue("locked", true))
		Expect(om.call("PUT", "/api/v0/unlock", map[string]string{"passphrase": "wrong"}).status).To(Equal(http.StatusForbidden))
		Expect(om.call("PUT", "/api/v0/unlock", map[string]string{"passphrase": "passphrase"}).status).To(Equal(http.StatusOK))
		waiting := om.get("/login/ensure_availability")
		Expect(waiting.text).To(ContainSubstring("Waiting for authentication system to start..."))
		om.startUAA()
		Expect(om.get("/login/ensure_availability").header.Get("Location")).To(Equal("/auth/cloudfoundry"))
		om.login()
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
		Expect(om.call("PUT", "/api/v0/unlock", map[string]string{"passphrase": "passphrase"}).status).To(Equal(http.StatusOK))
	})

	It("restarts UAA when the lifetimes of tokens are set", func() {
		om := loggedIn(sim.Options{UAADowntime: time.Hour})
		Expect(om.call("PUT", "/api/v0/uaa/tokens_expiration", map[string]any{"tokens_expiration": map[string]int{"access_token_expiration": 60}}).status).To(Equal(http.StatusOK))
		down := om.get(cas)
		Expect(down.status).To(Equal(http.StatusBadGateway))
		Expect(down.text).To(ContainSubstring("502 Bad Gateway"))
		om.startUAA()
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
		Expect(om.get("/api/v0/uaa/tokens_expiration").text).To(ContainSubstring(`"access_token_expiration":60`))
	})

	It("wants to be set up first", func() {
		om := loggedIn(sim.Options{NotSetUp: true})
		Expect(om.get("/login/ensure_availability").header.Get("Location")).To(Equal("/setup"))
		a := om.get(cas)
		Expect(a.status).To(Equal(http.StatusBadRequest))
		Expect(a.text).To(ContainSubstring("The application has not yet been set up.  Please visit the UI"))
		Expect(om.call("POST", "/api/v0/setup", map[string]any{"setup": map[string]any{
			"decryption_passphrase": "p", "decryption_passphrase_confirmation": "p", "eula_accepted": "true",
			"identity_provider": "internal", "admin_user_name": "admin", "admin_password": "admin",
		}}).status).To(Equal(http.StatusOK))
		Expect(om.get(cas).status).To(Equal(http.StatusOK))
	})
})
