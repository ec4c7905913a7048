package opsman

import (
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// LimitAnswers lets a spec reach the limit of an answer, in bytes, without
// sending 64 MiB.
func LimitAnswers(c *Client, limit int64) { c.jsonLimit = limit }

// LimitCheck lets a spec see a pre-deploy check take too long.
func LimitCheck(c *Client, limit time.Duration) { c.checkTime = limit }

// Line is foreign text for a line of ours.
func Line(c *Client, text string) string { return c.redact.line(text) }

// ReadSystemCertificates tells whether ca_cert did not suffice.
func (c *Client) ReadSystemCertificates() bool { return c.trust.widened.Load() }

// Limits are those of docs/security.md, by the beginning of their row.
var Limits = map[string][]any{
	"headers of an answer":        {Bytes(smallLimit), Bytes(longestToken)},
	"any other answer of the API": {Bytes(jsonLimit), objectsLimit, valuesLimit, signsLimit},
	"an error answer":             {Bytes(refusalLimit), most, textLimit},
	"history of installations":    {Bytes(historyLimit), Bytes(rowLimit), installationsLimit, changesLimit, Bytes(namesLimit)},
	"log of an installation":      {Bytes(logsLimit), evidence.CommandsLimit},
	"what Ops Manager says":       {Bytes(eventLimit), int(currentLogTime.Seconds())},
	"a pre-deploy check":          {int(checkTime.Minutes()), most, textLimit},
	"a name":                      {Bytes(longestName)},
}

// Bytes is a limit in bytes, told in binary units.
type Bytes int64
