package scenarios_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/acceptance/concourse"
	"github.com/opsman-ca/opsman-ca/test/acceptance/foundation"
)

// The recipe of docs/pipelines.md for three foundations: one pipeline's file and one
// vars file, a secret for each in Vault, with whatever fields it has.
var _ = Describe("three foundations from one vars file", func() {
	It("rotate each with its own login and its own gates, tell what they were refused, and no pipeline has a secret", func() {
		group := "rotation-" + strings.ToLower(rand.Text()[:6])
		clientSecret, passphrase := "planted-"+rand.Text(), planted()
		user := brisk()
		client := brisk(func(o *sim.Options) { o.ClientID, o.ClientSecret = "rotator", clientSecret })
		locked := brisk(func(o *sim.Options) { o.Passphrase = passphrase })
		secrets := []map[string]any{user.Opsman(), client.Opsman(), locked.Opsman()}
		delete(secrets[1], "username")
		delete(secrets[1], "password")
		secrets[1]["client_id"], secrets[1]["client_secret"] = "rotator", clientSecret
		delete(secrets[2], "ca_cert")
		secrets[2]["skip_ssl_validation"], secrets[2]["decryption_passphrase"] = "true", passphrase
		foundations := []*foundation.Foundation{user, client, locked}
		gates := [][]concourse.Option{
			nil, // at once
			{concourse.Person("activate"), concourse.Person("delete")},
			{concourse.Person("settle")},
		}
		var befores []string
		var pipelines concourse.Instances
		var chats []concourse.Chat
		fly := ci.LogIn()
		for i, f := range foundations {
			name := fmt.Sprintf("%s-%d", group, i+1)
			befores, chats = append(befores, f.CA()), append(chats, ci.Chat(name))
			ci.Secret("opsman-"+name, secrets[i])
			p := fly.SetInstance(group, "scheduled-rotation", name, append(gates[i], chats[i].Notify())...)
			p.Unpause()
			pipelines = append(pipelines, p)
		}
		for i, p := range pipelines {
			config := fly.Run("get-pipeline", "-p", fmt.Sprintf("%s/foundation:%s-%d", group, group, i+1)).Succeeds().Output
			Expect(config).To(ContainSubstring(fmt.Sprintf("opsman: ((opsman-%s-%d))", group, i+1)))
			for key, value := range secrets[i] {
				if key != "skip_ssl_validation" {
					Expect(config).NotTo(ContainSubstring(fmt.Sprint(value)), key)
				}
			}
			p.Look("ca")
		}

		By("the second is refused first, and tells so")
		operator(client, sim.Action{Do: "stage", Product: "p.mysql"})
		Expect(locked.Operator(sim.Action{Do: "lock"})).To(Succeed())
		for _, p := range pipelines {
			p.Fire()
		}
		pipelines[1].Build("generate", 1).Fails("pending-changes")
		Expect(chats[1].Texts()).To(ContainElement(And(
			ContainSubstring(group+"-2"), ContainSubstring("settled"), ContainSubstring("pending-changes"), ContainSubstring("MySQL"), ContainSubstring("What to do"))))
		operator(client, sim.Action{Do: "revert"})
		pipelines[1].Run("generate").Succeeds()

		By("the first goes through, and says every state")
		pipelines[0].Build("settle", 1).Succeeds()
		user.ExpectRotated(befores[0])

		By("the second waits for a person, twice")
		pipelines[1].Build("trust", 1).Succeeds()
		pipelines[1].ExpectQuiet(map[string]int{"generate": 2, "trust": 1})
		open(pipelines[1], "activate").Succeeds()
		pipelines[1].Build("replace", 1).Succeeds()
		open(pipelines[1], "delete").Succeeds()
		pipelines[1].Build("settle", 1).Succeeds()
		client.ExpectRotated(befores[1])

		By("the third, which a reboot had locked, waits for one at its end")
		pipelines[2].Build("delete", 1).Succeeds()
		pipelines[2].ExpectQuiet(once(line[:6]...))
		open(pipelines[2], "settle").Succeeds()
		locked.ExpectRotated(befores[2])

		for _, chat := range chats {
			Eventually(chat.Texts, concourse.Patience, "200ms").Should(ContainElement(ContainSubstring("retired")))
			for _, text := range chat.Texts() {
				Expect(text).NotTo(Or(ContainSubstring("planted"), ContainSubstring("PRIVATE KEY")))
				Expect(text).To(ContainSubstring(group), "which foundation it is about")
			}
		}
	})
})

var _ = Describe("a maintenance window", func() {
	It("is what a gate waits for, also where Concourse starts it for one that has passed", func() {
		f := brisk()
		before := f.CA()
		p := ci.SetPipeline("scheduled-rotation", concourse.Opsman(f.Opsman()), concourse.InWindow("activate"), concourse.InWindow("replace"), window(12, 13))
		p.Fire()
		p.Chain("generate", "trust")
		// The window has a version already, that of when the pipeline was set.
		p.Build("gate-activate", 1).Fails("is closed at", "nothing was done")
		p.OpenWindow()
		p.Build("gate-activate", 2).Fails("is closed at")
		p.ExpectQuiet(once("generate", "trust"))
		Expect(f.Deeds()).To(Equal([]string{"generate", "apply"}))

		By("unless a person opens it: the gate that was red has to be started")
		p.Set(concourse.Person("activate"))
		open(p, "activate").Succeeds()
		p.Chain("regenerate")
		p.Build("gate-replace", 1).Fails("is closed at")
		p.ExpectQuiet(once("generate", "trust", "activate", "regenerate"))

		By("which then opens, and lets through what is ready")
		p.Set(window(-1, 2))
		p.OpenWindow()
		p.Chain(line[4:]...)
		f.ExpectRotated(before)
		Expect(f.Deeds()).To(Equal(foundation.Rotation()))
		p.ExpectQuiet(once(line...))
	})
})

// window is open between two hours from now on.
func window(from, to int) concourse.Option {
	return func(s *concourse.Setting) {
		window, _ := s.Values["window"].(map[string]any)
		for key, hours := range map[string]int{"start": from, "stop": to} {
			window[key] = time.Now().UTC().Add(time.Duration(hours) * time.Hour).Format("15:04")
		}
	}
}
