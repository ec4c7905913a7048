// Package sim is a simulated Ops Manager: it speaks the API of the versions
// 2.10 to 3.3 and deploys virtual machines that shake hands over real mutual
// TLS, so that a wrong phase of a CA rotation visibly breaks the foundation.
//
// # Rooms
//
// Foundation holds them together and has the one lock. Packages below know nothing of it;
// they are told what they need.
//
//   - authorities: the root CAs, each with its NATS CA, their keys, and what they sign.
//   - credhub: the CAs and leaves in CredHub, what a rotation does to them, Maestro's safety
//     checks, and what each deployment runs with and trusts.
//   - outcome: how a call that rotates ends, and how the API writes that.
//   - web: calls, routes and answers of the HTTP face, whatever is simulated.
//   - uaa: tokens, who may log in, and UAA's restarts.
//   - faults: what goes wrong on purpose.
//   - known: what is known of the certificates of a real foundation.
//   - identifiers: random GUIDs and UUIDs.
//   - tlsnet: handshakes between virtual machines.
//
// In this package each room is a type with its files. Those that hold a *Foundation stand
// around it and are not known to what they call:
//
//   - face (face_*.go): the handlers of the API and of the control API; they translate.
//   - operator (operator_*.go): the deeds of a second operator, each by its name.
//   - builder (build*.go): how a new foundation is laid out, and what past it has.
//   - rotation (rotation.go): a call that rotates, on root CAs, leaves and CredHub together.
//   - applying (apply*.go, handshake.go, log.go): an installation that runs.
//   - deployments (deployments.go, product.go, vm.go, stemcell*.go, staging.go): tiles, their
//     VMs, and the deployments that no tile made.
//   - history (history.go, installation.go, plan.go): the installations and what each carries.
//   - ledger (ledger.go): what happened, for tests to look at; state.go is how all stands.
//
// # Adding to it
//
// A fault of a request stands in faults/effects.go alone: its name with what it does, and
// its line in kinds. What more it has to be told is a field of faults.Fault. A fault of an
// installation is named there, too, and strikes in applying, at the step that it is about.
//
// A shape, a foundation of another kind, is a field of Options, with its effect where it is
// read: in builder where the foundation begins with it, in face where it is a matter of what
// the API says. As a flag of opsman-sim it is one line more, in cli/situation.go or
// cli/prerequisites.go: a field with the option's name and type, which says import:"decides"
// where the files of --import do.
package sim
