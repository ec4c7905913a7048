package metrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
)

// record is the handler's answer.
func record(handler http.Handler, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, http.NoBody))
	return answer
}
