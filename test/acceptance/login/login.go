// Package login gets a client of Concourse's API, as fly login -u -p does.
package login

import (
	"context"
	"fmt"
	"net/http"

	"github.com/concourse/concourse/go-concourse/concourse"
	"golang.org/x/oauth2"
)

// New logs a local user in.
func New(ctx context.Context, url, user, password string) (concourse.Client, error) {
	fly := oauth2.Config{
		ClientID: "fly", ClientSecret: "Zmx5", // what every fly has
		Endpoint: oauth2.Endpoint{TokenURL: url + "/sky/issuer/token"},
		Scopes:   []string{"openid", "profile", "email", "federated:id", "groups"},
	}
	token, err := fly.PasswordCredentialsToken(ctx, user, password)
	if err != nil {
		return nil, fmt.Errorf("log in to %s: %w", url, err)
	}
	return concourse.NewClient(url, &http.Client{Transport: &oauth2.Transport{Source: oauth2.StaticTokenSource(token)}}, false), nil
}
