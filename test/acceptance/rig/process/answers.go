package process

import (
	"context"
	"fmt"
	"net/http"
)

// Answers is a probe: the address has to answer 200.
func Answers(url string) func(context.Context) error {
	client := &http.Client{}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return fmt.Errorf("%s: %w", url, err)
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, answer.Status)
		}
		return nil
	}
}
