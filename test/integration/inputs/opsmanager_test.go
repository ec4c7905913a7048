package inputs_test

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// Secrets of the good source. No message may repeat them.
const (
	password     = "geheim-password-8c1f"
	clientSecret = "geheim-client-secret-20b7"
	passphrase   = "geheim-passphrase-e2a9"
)

var (
	// foundation is where every good source leads: what reaches it is in its
	// ledger.
	foundation *sim.Foundation
	server     *sim.Server
	activeCA   string
)

func startOpsManager() {
	GinkgoHelper()
	var err error
	foundation, err = sim.New(sim.Options{
		Password: password, ClientID: "rotator", ClientSecret: clientSecret, Passphrase: passphrase, KeyBits: 1024, VMDelay: -1,
		Tiles: []sim.Tile{{Identifier: "cf", Label: "TAS", Version: "6.0.3", Jobs: []sim.Job{{Name: "router", Instances: 1}}}},
	})
	Expect(err).NotTo(HaveOccurred())
	server, err = sim.Serve(foundation)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	activeCA = foundation.Dump().CAs[0].GUID
}

// quoted is text as JSON.
func quoted(text string) string {
	encoded, err := json.Marshal(text)
	Expect(err).NotTo(HaveOccurred())
	return string(encoded)
}
