package opsman

// LimitAnswers lets a spec reach the limit of an answer, in bytes, without
// sending 64 MiB.
func LimitAnswers(c *Client, limit int64) { c.jsonLimit = limit }
