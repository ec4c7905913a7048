package opsman

// LimitAnswers lets a spec reach the limit of an answer, in bytes, without
// sending 64 MiB.
func LimitAnswers(c *Client, limit int64) { c.jsonLimit = limit }

// Line is foreign text for a line of ours.
func Line(c *Client, text string) string { return c.redact.line(text) }

// ReadSystemCertificates tells whether ca_cert did not suffice.
func (c *Client) ReadSystemCertificates() bool { return c.trust.widened.Load() }
