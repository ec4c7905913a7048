package concourse

import (
	"context"
	"encoding/json"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Chat is where pipelines tell what happened, with a stand-in for a chat's resource type.
type Chat struct {
	c   *Concourse
	url string
}

// Chat is one with a name of this spec alone.
func (c *Concourse) Chat(name string) Chat { return Chat{c, c.Control + "/chats/" + name} }

// Notify has a pipeline tell it, with the texts that the steps write.
func (t Chat) Notify() Option {
	return Value("notify", map[string]any{
		"type": "time", "image": map[string]any{"repository": "none"}, "source": map[string]any{"stand_in": t.url},
		"told": map[string]any{"text_file": "ca/summary.md"}, "failed": map[string]any{"text_file": "notice/text"},
		"errored": map[string]any{"text": "Concourse could not run it"}, "expiring": map[string]any{"text_file": "expiring/summary.md"},
	})
}

// Texts are what it was told so far, oldest first.
func (t Chat) Texts() []string {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, t.url, http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	answer, err := (&http.Client{Timeout: Patience}).Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close() //nolint:errcheck // only read
	var texts []string
	Expect(json.NewDecoder(answer.Body).Decode(&texts)).To(Succeed())
	return texts
}
