package opsman_test

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/opsman"
	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// A client knows one Ops Manager, and gets its own token. Here that is a simulated one.
// A call that changes something is not sent again once it may have arrived, for its answer
// may have been lost behind the work: what became of it is read from the list.
func Example() {
	ctx := context.Background()
	foundation, err := sim.New(sim.Options{KeyBits: 1024, Tiles: []sim.Tile{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := sim.ServeOn(ctx, foundation, "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	c, err := opsman.New(opsman.Config{Target: server.URL, Username: "admin", Password: "admin", CACert: server.CAPEM})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	created, err := c.Generate(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	cas, err := c.CertificateAuthorities(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, ca := range cas {
		fmt.Printf("generated now: %t, active: %t\n", ca.GUID == created.CA.GUID, ca.Active)
	}
	fmt.Println(c.Requests(), "requests, the one for the token included")
	// Output:
	// generated now: false, active: true
	// generated now: true, active: false
	// 3 requests, the one for the token included
}
