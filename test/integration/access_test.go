package integration_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// secret is what a credential manager has of the foundation: texts alone, and the
// fields of both logins with one pair empty.
func (p *pipeline) secret(more params) params {
	all := params{
		"target": p.server.URL, "username": "admin", "password": password, "client_id": "", "client_secret": "",
		"ca_cert": p.server.CAPEM, "skip_ssl_validation": "false", "decryption_passphrase": passphrase,
	}
	maps.Copy(all, more)
	return all
}

// ofClient is a client's part of a secret, without the user's.
var ofClient = params{"username": nil, "password": "", "client_id": "rotator", "client_secret": clientSecret}

// bySecret makes the resource and the tasks of the pipeline log in with one map.
func (p *pipeline) bySecret(more params) {
	GinkgoHelper()
	p.Source = map[string]any{"opsman": p.secret(more)}
	p.apply = func(ctx context.Context) {
		GinkgoHelper()
		changes := p.applyChanges("--from", "ca")
		changes.Environ = p.params(more)
		succeeded(ctx, changes)
	}
}

// params are those that a task has from Concourse: its defaults, a map and lists as JSON.
func (p *pipeline) params(more params) []string {
	GinkgoHelper()
	return []string{
		"OPSMAN=" + string(encode(p.secret(more))), "ENV_FILE=env.yml", "OM_TARGET=", "OM_USERNAME=", "OM_PASSWORD=", "OM_CLIENT_ID=", "OM_CLIENT_SECRET=",
		"OM_DECRYPTION_PASSPHRASE=", "OM_CA_CERT=", "OM_SKIP_SSL_VALIDATION=", "OM_VARS_ENV=", `OPSMAN_CA_UNROTATED=["/p-bosh/*/ipsec*"]`, "ACCEPT=[]", "IGNORE_INSTALLATION=[]",
	}
}

// task is a command with a task's params.
func (p *pipeline) task(more params, args ...string) program {
	GinkgoHelper()
	task := p.Task(args[0], args[1:]...)
	task.Environ = p.params(more)
	return program{task}
}

var _ = Describe("Target and login as one map", func() {
	DescribeTable("are enough for a whole rotation, by put and by the real om", func(ctx SpecContext, more params) {
		p := newPipeline(sim.Options{})
		p.bySecret(more)
		p.finish(ctx, p.first)
		p.expectKept(p.first)
	},
		Entry("of a user", nil), Entry("of a client", ofClient),
	)

	DescribeTable("are enough for every command", func(ctx SpecContext, more params) {
		p := newPipeline(sim.Options{})
		p.operate(sim.Action{Do: "lock"})
		for _, args := range [][]string{{"status"}, {"plan"}, {"preflight"}, {"report"}, {"metrics"}, {"generate", "--to", "ca"}, {"verify", "--if-rotating", "--dry-run"}} {
			o := p.task(more, args...).run(ctx)
			if args[0] == "verify" {
				Expect(o.stderr).To(ContainSubstring("not-reached"), "it was asked")
				continue
			}
			Expect(o.code).To(BeZero(), o.stderr)
		}
		Expect(p.Dump().CAs).To(HaveLen(2))
	},
		Entry("of a user", nil), Entry("of a client", ofClient),
		Entry("with a certificate that is not to be verified", params{"ca_cert": nil, "skip_ssl_validation": "true"}),
	)

	DescribeTable("are enough for a trigger", func(ctx SpecContext, key string) {
		p := newPipeline(sim.Options{})
		p.bySecret(nil)
		p.Source[key] = "10y"
		Expect(p.look(ctx)).NotTo(BeEmpty())
	},
		Entry(nil, "rotate_before"), Entry(nil, "expiring"),
	)

	It("are what an error speaks of", func(ctx SpecContext) {
		p := newPipeline(sim.Options{})
		p.bySecret(params{"decryption_passphrase": "wrong-7f"})
		p.operate(sim.Action{Do: "lock"})
		Expect(p.tryCheck(ctx).stderr).To(ContainSubstring("source.opsman.decryption_passphrase"))
	})

	It("are refused beside another login, and nothing is sent", func(ctx SpecContext) {
		p, other := newPipeline(sim.Options{}), newPipeline(sim.Options{})
		Expect(os.MkdirAll(filepath.Join(p.Build, "env"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(p.Build, "env", "env.yml"), []byte("target: "+other.server.URL+"\nusername: admin\npassword: "+password+"\n"), 0o600)).To(Succeed())
		o := p.task(nil, "generate").run(ctx)
		Expect(o.code).To(Equal(1))
		Expect(o.stderr).To(ContainSubstring("error: OPSMAN is given beside the env file env/env.yml: expected target and login in one place"))

		task := program{other.Task("generate")}
		task.Environ = append(task.Environ, "OPSMAN="+string(encode(p.secret(nil))))
		o = task.run(ctx)
		Expect(o.code).To(Equal(1))
		Expect(o.stderr).To(ContainSubstring("error: OPSMAN is given beside OM_TARGET, OM_USERNAME, OM_PASSWORD, OM_CA_CERT: expected target and login in one place"))

		p.Source["opsman"] = other.secret(nil)
		for _, step := range []program{p.checking(), p.getting(version{"state": "settled", "active": p.first}, nil), p.out("generate", nil)} {
			o := step.run(ctx)
			Expect(o.code).To(Equal(1))
			Expect(o.stderr).To(ContainSubstring("error: source.opsman is given beside source.target, source.username, source.password, source.ca_cert: expected target and login in one place"))
		}
		Expect(p.Requests() + other.Requests()).To(BeZero())
	})
})
