// Package opsman is the client of Ops Manager: it gathers evidence and carries
// out the four phases of a root CA rotation (generate or create, activate,
// regenerate, delete). It knows Ops Manager 2.10, 3.0, 3.1 and newer, sends one
// request at a time over one kept-alive connection, and decides nothing.
package opsman
