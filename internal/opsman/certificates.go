package opsman

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// certificateTries is how often an answer of 500 is asked again: Ops Manager
// 2.10.40 to 2.10.42 give it for good, others now and then.
const certificateTries = 2

// Certificates reads the deployed certificates: v1 where there is one (Ops
// Manager API 3.0 and newer, GET /api/v1/deployed/certificates), else v0. When
// Ops Manager cannot tell them (an answer of 500 or more, an empty or unreadable
// list) they are of evidence.SourceUnknown, with the reason in Unknown and no
// error; a refused login, a locked or unreachable Ops Manager is an error.
func (c *Client) Certificates(ctx context.Context) (evidence.Certificates, error) {
	if !c.noV1.Load() && !c.predatesV1() {
		found, err := c.certificates(ctx, evidence.SourceV1, v1Path, decodeV1)
		if !isStatus(err, http.StatusNotFound) {
			return unknownFor(found, err)
		}
		c.noV1.Store(true)
	}
	return unknownFor(c.certificates(ctx, evidence.SourceV0, v0Path, decodeV0))
}

// predatesV1 tells that Ops Manager is older than 3.0, by its own word. An answer of
// 404 would tell the same a request later. The director's version is no word for it:
// Ops Manager may have been upgraded since it was deployed.
func (c *Client) predatesV1() bool {
	version, _ := c.version.Load().(string)
	major, _, readable := leading(version)
	return readable && major < 3
}

type certificateDecoder func(*answer) ([]evidence.Certificate, error)

func (c *Client) certificates(ctx context.Context, source evidence.Source, path string, decode certificateDecoder) (evidence.Certificates, error) {
	found := evidence.Certificates{Source: source}
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: path, stubborn: certificateTries,
		read: func(ans *answer) (err error) {
			found.List, err = decode(ans)
			return err
		},
	})
	return found, err
}

// unknownFor turns what Ops Manager could not tell into a reason.
func unknownFor(found evidence.Certificates, err error) (evidence.Certificates, error) {
	var (
		api         *APIError
		unavailable *UnavailableError
		unexpected  *UnexpectedAnswerError
		page        *unavailableAnswer
	)
	switch {
	case err == nil && len(found.List) == 0:
		return evidence.Certificates{Unknown: "Ops Manager answered with an empty list of certificates, which happens when a root or NATS CA has expired"}, nil
	case err == nil:
		return found, nil
	case errors.As(err, &api) && api.Status != http.StatusUnauthorized && api.Status != http.StatusForbidden && api.Path != tokenPath,
		errors.As(err, &unexpected) && unexpected.Path != tokenPath,
		errors.As(err, &unavailable) && unavailable.Path != tokenPath && errors.As(err, &page):
		return evidence.Certificates{Unknown: err.Error()}, nil
	}
	return evidence.Certificates{}, err
}

// v1Path goes around the cache: states are decided by the answer.
const v1Path = "/api/v1/deployed/certificates?no_cache=true"

// certificateV1 is a node of v1's tree: a CA holds what it signs.
type certificateV1 struct {
	AutoRotated         bool            `json:"auto_rotated"`
	Configurable        bool            `json:"configurable"`
	Deployments         names           `json:"deployments"`
	IsCA                bool            `json:"is_ca"`
	Issuer              name            `json:"issuer"`
	Location            name            `json:"location"`
	Name                name            `json:"name"`
	VariablePath        name            `json:"variable_path"`
	PropertyReference   name            `json:"property_reference"`
	OutdatedDeployments names           `json:"outdated_deployments"`
	ProductGUID         name            `json:"product_guid"`
	PropertyType        name            `json:"property_type"`
	Procedure           name            `json:"rotation_procedure_name"`
	ProcedureURL        name            `json:"rotation_procedure_url"`
	RotationStatus      name            `json:"rotation_status"`
	Signs               []certificateV1 `json:"signs"`
	ValidFrom           stamp           `json:"valid_from"`
	ValidUntil          stamp           `json:"valid_until"`
}

func decodeV1(ans *answer) ([]evidence.Certificate, error) {
	var list []evidence.Certificate
	strings := newInterner()
	err := decodeEach(ans.body, "certificates", func(node certificateV1) {
		list = flattenTree(list, []certificateV1{node}, nil, strings)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// flattenTree appends each certificate before those that it signs.
func flattenTree(list []evidence.Certificate, tree []certificateV1, signedBy []string, strings *interner) []evidence.Certificate {
	for _, node := range tree {
		name := first(node.Name, node.VariablePath, node.PropertyReference)
		list = append(list, evidence.Certificate{
			Name:                 name,
			Location:             strings.text(string(node.Location)),
			ProductGUID:          strings.text(string(node.ProductGUID)),
			PropertyType:         strings.text(string(node.PropertyType)),
			Issuer:               strings.text(string(node.Issuer)),
			IsCA:                 node.IsCA,
			Configurable:         node.Configurable,
			AutoRotated:          node.AutoRotated,
			ValidFrom:            node.ValidFrom.Time,
			ValidUntil:           node.ValidUntil.Time,
			SignedBy:             slices.Clone(signedBy),
			Deployments:          node.Deployments,
			OutdatedDeployments:  node.OutdatedDeployments,
			RotationStatus:       strings.text(string(node.RotationStatus)),
			RotationProcedure:    strings.text(string(node.Procedure)),
			RotationProcedureURL: strings.text(string(node.ProcedureURL)),
		})
		// The slice is cloned above: siblings must not write into each other's.
		list = flattenTree(list, node.Signs, append(slices.Clip(signedBy), name), strings)
	}
	return list
}

const v0Path = "/api/v0/deployed/certificates"

// certificateV0 is a row of v0: one per certificate and deployment.
type certificateV0 struct {
	Configurable      bool  `json:"configurable"`
	IsCA              bool  `json:"is_ca"`
	PropertyReference name  `json:"property_reference"`
	PropertyType      name  `json:"property_type"`
	ProductGUID       name  `json:"product_guid"`
	Location          name  `json:"location"`
	VariablePath      name  `json:"variable_path"`
	Issuer            name  `json:"issuer"`
	ValidFrom         stamp `json:"valid_from"`
	ValidUntil        stamp `json:"valid_until"`
	Procedure         name  `json:"rotation_procedure_name"`
	ProcedureURL      name  `json:"rotation_procedure_url"`
}

func decodeV0(ans *answer) ([]evidence.Certificate, error) {
	var list []evidence.Certificate
	strings := newInterner()
	err := decodeEach(ans.body, "certificates", func(row certificateV0) {
		list = append(list, evidence.Certificate{
			Name:                 first(row.VariablePath, row.PropertyReference),
			Location:             strings.text(string(row.Location)),
			ProductGUID:          strings.text(string(row.ProductGUID)),
			PropertyType:         strings.text(string(row.PropertyType)),
			Issuer:               strings.text(string(row.Issuer)),
			IsCA:                 row.IsCA,
			Configurable:         row.Configurable,
			ValidFrom:            row.ValidFrom.Time,
			ValidUntil:           row.ValidUntil.Time,
			RotationProcedure:    strings.text(string(row.Procedure)),
			RotationProcedureURL: strings.text(string(row.ProcedureURL)),
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ExcludedCertificates names the certificates that Ops Manager leaves out of a
// rotation (GET /api/v0/deployed/certificates with
// show_excluded_from_rotation_only=true). It is nil where Ops Manager cannot
// tell; none is then taken for excluded.
func (c *Client) ExcludedCertificates(ctx context.Context) ([]string, error) {
	found, err := unknownFor(c.certificates(ctx, evidence.SourceV0, v0Path+"?show_excluded_from_rotation_only=true", decodeV0))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, certificate := range found.List {
		names = append(names, certificate.Name)
	}
	return names, nil
}
