package opsman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

const fuzzAuthority = `{"guid":"f7bc18f34f2a7a9403c3","issuer":"Pivotal","created_on":"2017-01-09","expires_on":"2021-01-09T22:47:53.5Z","active":true,"cert_pem":"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n","nats_cert_pem":null}`

// FuzzAuthorities: the list of root CAs.
func FuzzAuthorities(f *testing.F) {
	for _, body := range []string{
		`{"certificate_authorities":[` + fuzzAuthority + `]}`, `{"certificate_authorities":[]}`, `{"certificate_authorities":null}`,
		`{"certificate_authorities":[{"guid":"../x"}]}`, `{"certificate_authorities":[{"guid":"a\nb","issuer":"\u001b[2J$J"}]}`,
		`{"certificate_authorities":[{"guid":"a","created_on":"$J"}]}`, `{"certificate_authorities":[{"guid":1}]}`, `$S`, `"$J"`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		ask := func(body string) ([]evidence.CA, error) {
			return cannedClient(t, canned{kind: "application/json", body: body}).CertificateAuthorities(context.Background())
		}
		cas, err := ask(planted(body))
		harmlessError(t, err)
		if err != nil {
			return
		}
		var rows []map[string]any
		for _, ca := range cas {
			if !properGUID.MatchString(ca.GUID) {
				t.Fatalf("%q is taken for a GUID", ca.GUID)
			}
			rows = append(rows, map[string]any{"guid": ca.GUID, "issuer": ca.Issuer, "created_on": written(ca.CreatedOn), "expires_on": written(ca.ExpiresOn),
				"active": ca.Active, "cert_pem": ca.CertPEM, "nats_cert_pem": ca.NATSCertPEM})
		}
		if len(rows) == 0 {
			return
		}
		again, err := json.Marshal(map[string]any{"certificate_authorities": rows})
		if err != nil {
			t.Fatal(err)
		}
		reread, err := ask(string(again))
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, cas, reread)
	})
}

// FuzzCertificates: the deployed certificates, v1 and v0.
func FuzzCertificates(f *testing.F) {
	const leaf = `{"name":"/cf/leaf","location":"credhub","configurable":false,"issuer":"/a","valid_until":"2030-01-01T00:00:00Z","outdated_deployments":["cf-1"],"deployments":"cf-1","rotation_status":"x"}`
	for _, body := range []string{
		`{"certificates":[{"name":"/root","is_ca":true,"signs":[` + leaf + `,{"signs":[` + leaf + `]}]}]}`,
		`{"certificates":[{"configurable":true,"is_ca":false,"property_reference":".properties.x","property_type":"rsa_cert_credentials","product_guid":"cf-1","location":"ops_manager","variable_path":null,"valid_from":"2020-01-01","valid_until":""}]}`,
		`{"certificates":[]}`, `{"certificates":[{"signs":null,"deployments":{"a":["$J"]}}]}`, `{"certificates":[{"name":"$J","signs":[{"name":"\u202e"}]}]}`,
	} {
		f.Add(body, true)
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body string, v1 bool) {
		c := cannedClient(t, canned{kind: "application/json", body: planted(body)})
		c.noV1.Store(!v1)
		found, err := c.Certificates(context.Background())
		harmlessError(t, err)
		shownSafely(t, found.Unknown)
		if found.Unknown == "" && err == nil && len(found.List) == 0 {
			t.Fatal("no certificates, and no reason")
		}
		if strings.Count(body, "{") < len(found.List) {
			t.Fatalf("%d certificates were made of %q", len(found.List), body)
		}
		for _, certificate := range found.List {
			shownSafely(t, c.Redact(certificate.Name+" "+certificate.Issuer+" "+certificate.Location+" "+certificate.RotationStatus))
			shownSafely(t, c.Redact(strings.Join(append(certificate.Deployments, certificate.OutdatedDeployments...), " ")))
		}
	})
}

// FuzzInstallations: the history, row by row; one answer for every page.
func FuzzInstallations(f *testing.F) {
	row := func(id string) string {
		return `{"id":` + id + `,"user_name":"admin","status":"succeeded","started_at":"2026-01-02T03:04:05Z","finished_at":"2026-01-02 03:04:05 UTC","additions":[],"updates":[{"guid":"cf-1","identifier":"cf","label":"TAS","product_version":"1","deployment_status":"successful"}],"deletions":null,"unchanged":[{"change_type":"update"}]}`
	}
	var page []string
	for i := range perPage {
		page = append(page, fmt.Sprintf(`{"id":%d}`, 100-i))
	}
	for _, body := range []string{
		`{"installations":[` + row("3") + `,` + row(`"2"`) + `,` + row("1") + `]}`, `{"installations":[` + row("1") + `,` + row("2") + `]}`,
		`{"x":[1],"installations":[]}`, `{"installations":[` + strings.Join(page, ",") + `]}`, `{"installations":[{"id":1,"user_name":"$J\n"}]}`,
		`{"installations":[{"id":"$J"}]}`, `["$J"]`, `"$J"`, `{"installations":[{"id":-1},{"id":-1}]}`, `{"installations":[{"id":1}],"installations":[{"id":2}]}`,
	} {
		f.Add(body, 2)
	}
	f.Fuzz(func(t *testing.T, body string, until int) {
		ask := func(body string, enough func(evidence.Installation) bool) (evidence.History, error) {
			return cannedClient(t, canned{kind: "application/json", body: body}).Installations(context.Background(), enough)
		}
		enough := func(i evidence.Installation) bool { return i.ID <= until }
		history, err := ask(planted(body), nil)
		harmlessError(t, err)
		if err != nil {
			return
		}
		for at, i := range history.List {
			if at > 0 && history.List[at-1].ID <= i.ID {
				t.Fatalf("not in descending order: %d before %d", history.List[at-1].ID, i.ID)
			}
		}
		again, err := json.Marshal(map[string]any{"installations": rowsOf(history)})
		if err != nil {
			t.Fatal(err)
		}
		reread, err := ask(string(again), nil)
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, history.List, reread.List)

		// What is read of a history with an end in sight is its beginning.
		short, err := ask(planted(body), enough)
		if err != nil {
			t.Fatalf("it can be read whole, and not in part: %v", err)
		}
		if short.Complete {
			sameJSON(t, history.List, short.List)
			return
		}
		if len(short.List) > len(history.List) || !slices.ContainsFunc(short.List, enough) {
			t.Fatalf("cut to %d of %d installations, with none that is enough", len(short.List), len(history.List))
		}
		for _, i := range short.List {
			found, listed := history.Find(i.ID)
			if !listed {
				t.Fatalf("installation %d is only in a part", i.ID)
			}
			_ = found
		}
	})
}

func rowsOf(h evidence.History) []map[string]any {
	rows := []map[string]any{}
	for _, i := range h.List {
		changes := []map[string]any{}
		for _, c := range i.Changes {
			changes = append(changes, map[string]any{"guid": c.GUID, "identifier": c.Identifier, "label": c.Label, "product_version": c.ProductVersion,
				"change_type": c.Type, "deployment_status": c.Status, "started_at": moment(c.StartedAt), "finished_at": moment(c.FinishedAt)})
		}
		rows = append(rows, map[string]any{"id": i.ID, "user_name": i.User, "status": i.Status, "started_at": moment(i.StartedAt), "finished_at": moment(i.FinishedAt), "updates": changes})
	}
	return rows
}

// FuzzProducts: what is deployed, staged, and told without a login.
func FuzzProducts(f *testing.F) {
	for _, body := range []string{
		`[{"installation_name":"cf-1","guid":"cf-1","type":"cf","label":"TAS","product_version":6.0,"stale":{"parent_products_deployed_more_recently":["p-bosh-1"]}}]`,
		`{"product_changes":[{"guid":"cf-1","action":"update","staged":{"identifier":"cf","label":"TAS"},"errands":[{"name":"smoke","post_deploy":true,"pre_delete":"default"}]}]}`,
		`{"info":{"version":"3.0.25-build.1261","locked":false,"setup_complete":true}}`, `{"info":{"version":"\u001b[2J$J"}}`, `{"logs":"$J"}`,
		`{"id":4,"status":"running","started_at":"$J"}`, `[{"guid":"\n$J"}]`, `{"product_changes":[{"errands":[{"post_deploy":"\u0000"}]}]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		ctx := context.Background()
		c := cannedClient(t, canned{kind: "application/json", body: planted(body)})
		products, err := c.DeployedProducts(ctx)
		harmlessError(t, err)
		for _, p := range products.List {
			shownSafely(t, c.Redact(p.Name()+" "+p.Version+" "+p.Type+" "+p.GUID+" "+strings.Join(p.StaleParents, " ")))
		}
		pending, err := c.PendingChanges(ctx)
		harmlessError(t, err)
		for _, p := range pending.List {
			shownSafely(t, c.Redact(p.GUID+" "+p.Identifier+" "+p.Label+" "+p.Action))
			for _, e := range p.Errands {
				shownSafely(t, c.Redact(e.Name+" "+e.Label+" "+e.PostDeploy+" "+e.PreDelete))
			}
		}
		info, err := c.Info(ctx)
		harmlessError(t, err)
		shownSafely(t, c.Redact(info.Version))
		_ = info.AtLeast(3, 0)
		one, err := c.Installation(ctx, 4)
		harmlessError(t, err)
		shownSafely(t, c.Redact(one.User+" "+one.Status))
		log, err := c.InstallationLogs(ctx, 4)
		harmlessError(t, err)
		for _, secret := range forbidden {
			if strings.Contains(log, secret) {
				t.Fatalf("the secret shows in the log %q", log)
			}
		}
	})
}

// FuzzPrerequisites: what is asked before a rotation begins.
func FuzzPrerequisites(f *testing.F) {
	for _, body := range []string{
		`{"product_changes":[{"guid":"cf-1","deployed":{"stemcells":[{"name":"bosh-vsphere-esxi-ubuntu-jammy-fips-go_agent","version":1.10},"$J",{}]}}]}`,
		`{"added_products":{"deployed":[{"name":"cf","stemcells":[{"filename":"light-bosh-stemcell-1.390-aws-xen-hvm-ubuntu-jammy-go_agent.tgz"}]},{"name":"\n$J","stemcell":"$J"}]}}`,
		`{"added_products":[{"name":"cf","guid":"cf-1","stemcells":[]},{"deployed":[{"name":"a","stemcells":null}]}]}`, `{"added_products":[]}`, `{"added_products":null}`,
		`{"director_configuration":{"automatic_certificate_rotation_enabled":"true","bosh_recreate_on_next_deploy":{}}}`, `{"director_configuration":[]}`,
		`{"pre_deploy_check":{"complete":false,"network":{"assigned":false},"stemcells":[{"assigned":"false","required_stemcell_os":"$J"}],"properties":[{"name":"$J","errors":["$J"],"records":[{"index":0,"errors":[{"name":"\u202e","errors":"$K"}]}]}],"resources":{"jobs":[{"error":{"a":"$J"}}]},"verifiers":[{"type":"$J","ignorable":1,"errors":["$S"]}]}}`,
		`{"pre_deploy_check":{"complete":true}}`, `{"pre_deploy_check":null}`, `$S`,
	} {
		f.Add(0, body)
		f.Add(304, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		ctx := context.Background()
		c := cannedClient(t, canned{status: status, kind: "application/json", body: planted(body)})
		safely := func(products []evidence.ProductStemcells) {
			for _, p := range products {
				shownSafely(t, c.Redact(p.GUID+" "+p.Identifier))
				if !p.Listed && len(p.List) > 0 {
					t.Fatal("stemcells that are not listed")
				}
				for _, s := range p.List {
					shownSafely(t, c.Redact(s.OS+" "+s.Version))
					if s == (evidence.Stemcell{}) {
						t.Fatal("a stemcell of nothing")
					}
				}
			}
		}
		pending, err := c.PendingChanges(ctx)
		harmlessError(t, err)
		for _, p := range pending.List {
			safely([]evidence.ProductStemcells{p.Stemcells})
		}
		report, err := c.DiagnosticReport(ctx)
		harmlessError(t, err)
		shownSafely(t, report.Unknown)
		safely(report.Products)
		director, err := c.DirectorProperties(ctx)
		harmlessError(t, err)
		shownSafely(t, director.Unknown)
		check, err := c.PreDeployCheck(ctx, "cf-1", "cf")
		harmlessError(t, err)
		shownSafely(t, check.Unknown)
		for _, text := range append(check.Problems, check.Ignorable...) {
			shownSafely(t, text)
		}
		if err == nil && check.Unknown == "" && !check.Complete && len(check.Problems)+len(check.Ignorable) == 0 {
			t.Fatal("incomplete, and nothing is said about it")
		}
		if len(check.Problems) > most+1 || len(check.Ignorable) > most+1 {
			t.Fatalf("%d problems, %d ignorable", len(check.Problems), len(check.Ignorable))
		}
	})
}

// FuzzSteps: what the phases are answered, with every status.
func FuzzSteps(f *testing.F) {
	for status, body := range map[int]string{
		200: fuzzAuthority,
		207: `{"warnings":["$J"],"certificates":{"regenerated":[{"location":"credhub","variable_path":"/cf/a","reason":"\n$J"}],"regenerate_failed":[]}}`,
		422: `{"certificates":{"regenerate_failed":[{"property_reference":"$J"}]},"safety_violations":[{"violation":"there is more than one signing version of a certificate authority","certificate_names":["/cf/a","$J"]}],"errors":["$J"]}`,
		404: `{"errors":["Certificate with specified guid not found"]}`, 401: `{"errors":{"base":["$J"]}}`, 502: `<html>$S</html>`,
		500: `{"error":"$J","error_description":"\u001b[31m$K"}`, 302: `https://elsewhere.example.com/$U?x=$P`, 429: `{}`, 413: `$B$S`,
		201: `{"certificate_authorities":[` + fuzzAuthority + `,` + fuzzAuthority + `]}`, 503: ``, 400: `{"deployment_errors":{"products":[{"identifier":"cf","verifiers":[{"type":"$J","errors":["$J"]}]}]}}`,
	} {
		f.Add(status-200, "application/json", body)
		f.Add(status-200, "text/html; charset=utf-8", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		ctx := context.Background()
		c := cannedClient(t, canned{status: status, kind: kind, body: planted(body)})
		for _, step := range []func() (Report, error){
			func() (Report, error) { created, err := c.Generate(ctx, nil); return created.Report, err },
			func() (Report, error) { return c.Activate(ctx, "f7bc18f34f2a7a9403c3") },
			func() (Report, error) { return c.Regenerate(ctx) },
			func() (Report, error) { return c.Delete(ctx, "f7bc18f34f2a7a9403c3") },
		} {
			report, err := step()
			harmlessError(t, err)
			shownSafely(t, strings.Join(report.Warnings, " "))
			for _, list := range [][]Item{report.Regenerated, report.Updated, report.Excluded, report.Failed} {
				for _, item := range list {
					shownSafely(t, c.Redact(item.String()))
				}
			}
			var failed *FailedCertificatesError
			if err == nil && (status%400+400)%400 >= 100 || errors.As(err, &failed) && len(failed.Report.Failed) == 0 {
				t.Fatalf("status %d is taken for a success", 200+(status%400+400)%400)
			}
		}
	})
}

// FuzzLogin: what UAA answers to a login.
func FuzzLogin(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"abc.def","token_type":"bearer","expires_in":3600,"refresh_token":"$J"}`, `{"access_token":"a\r\nX: y","token_type":"bearer"}`,
		`{"access_token":"abc","expires_in":"-5"}`, `{"error":"unauthorized","error_description":"$J"}`, `access_token=a+b&expires_in=1`, `{"access_token":"eyJhbGciOiJub25lIn0.eyJzY29wZSI6WyJhIl19.x","scope":["$J","\u202e"]}`, `<html>$S`, `{"access_token":""}`,
	} {
		f.Add(0, "application/json", body)
		f.Add(201, "application/json;charset=UTF-8", body)
		f.Add(0, "application/x-www-form-urlencoded", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		c := cannedClient(t, canned{status: status, kind: kind, body: planted(body), login: true})
		_, err := c.CertificateAuthorities(context.Background())
		harmlessError(t, err)
		for _, scope := range c.Scopes().List {
			shownSafely(t, c.Redact(scope))
		}
		value, _ := c.token.valid(c.now())
		if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) || len(value) > longestToken {
			t.Fatalf("%q is taken for a token", value)
		}
		if value != "" && strings.Contains(c.Redact("Bearer "+value+" sent"), " "+value+" ") {
			t.Fatalf("the token %q is not taken out", value)
		}
	})
}

// FuzzRefusal: an error answer of any shape, without the rest of a client.
func FuzzRefusal(f *testing.F) {
	for _, body := range []string{`{"errors":{"a":{"b":["$J"]}}}`, `["$J",1,null,true]`, `{"errors":"$J"}`, `$S`, `"$K"`, `{"warnings":{"x":"\u2028"}}`, `{"safety_violations":["$J",{"violation":""}]}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := cannedClient(t, canned{})
		err := c.apiError(&exchange{method: http.MethodPost, path: authoritiesPath}, http.StatusUnprocessableEntity, []byte(planted(string(raw))))
		harmlessError(t, err)
		if len(err.Messages) > most+1 || len(err.Warnings) > most+1 {
			t.Fatalf("%d messages and %d warnings", len(err.Messages), len(err.Warnings))
		}
	})
}
