package schedule

import (
	"fmt"
	"net/http"
)

// Where names a kind of requests.
type Where string

// The kinds of requests, the same for every procedure.
const (
	Anywhere     Where = "any request"
	Token        Where = "login"
	ListCAs      Where = "list of CAs"
	History      Where = "list of installations"
	Poll         Where = "poll of an installation"
	Log          Where = "log of an installation"
	Generate     Where = "generate"
	Create       Where = "create"
	Activate     Where = "activate"
	Regenerate   Where = "regenerate"
	Delete       Where = "delete"
	Apply        Where = "start of an installation"
	Certificates Where = "list of certificates"
)

type pattern struct{ method, path string }

const authorities = "/api/v0/certificate_authorities"

var patterns = map[Where]pattern{
	Anywhere:     {},
	Token:        {http.MethodPost, "/uaa/oauth/token"},
	ListCAs:      {http.MethodGet, authorities},
	History:      {http.MethodGet, "/api/v0/installations"},
	Poll:         {http.MethodGet, "/api/v0/installations/*"},
	Log:          {http.MethodGet, "/api/v0/installations/*/logs"},
	Generate:     {http.MethodPost, authorities + "/generate"},
	Create:       {http.MethodPost, authorities},
	Activate:     {http.MethodPost, authorities + "/*/activate"},
	Regenerate:   {http.MethodPost, authorities + "/active/regenerate"},
	Delete:       {http.MethodDelete, authorities + "/*"},
	Apply:        {http.MethodPost, "/api/v0/installations"},
	Certificates: {http.MethodGet, "/api/*/deployed/certificates"},
}

// Point is the Nth request of a kind, counted from 1, or the Nth deployment of a
// product where there is one.
type Point struct {
	Where   Where
	Nth     int
	Product string
}

// String says it in words.
func (p Point) String() string {
	if p.Product != "" {
		return fmt.Sprintf("at deployment %d of %s", p.Nth, p.Product)
	}
	return fmt.Sprintf("at %s %d", p.Where, p.Nth)
}
