package opsman

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// certificateTries is how often an answer of 500 is asked again: Ops Manager
// 2.10.40 to 2.10.42 give it for good, others now and then.
const certificateTries = 2

// Certificates reads the deployed certificates: v1 where there is one (Ops Manager
// API 3.0 and newer, GET /api/v1/deployed/certificates), else v0, which proves less.
// Whether there is one tells Ops Manager's version, where Info was asked: a 404 alone
// may come from what stands in between. When Ops Manager cannot tell the
// certificates (an answer of 500 or more, an empty or unreadable list, a 404 to v1
// that its version does not explain) they are of evidence.SourceUnknown, with the
// reason in Unknown and no error; a refused login, a locked or unreachable Ops
// Manager is an error.
func (c *Client) Certificates(ctx context.Context) (evidence.Certificates, error) {
	version, _ := c.version.Load().(string)
	has := v1In(version)
	if has == never || has == maybe && c.noV1.Load() {
		return c.certificatesV0(ctx, has, version)
	}
	found, err := c.certificates(ctx, evidence.SourceV1, v1Path, decodeV1)
	if !isStatus(err, http.StatusNotFound) {
		return unknownFor(found, err)
	}
	switch has {
	case always:
		return evidence.Certificates{Unknown: fmt.Sprintf("%s, although version %s has it: look at what stands between here and Ops Manager", err, version)}, nil
	case notKnown:
		// Once the version is known, it need not be asked again.
		c.noV1.Store(true)
		return evidence.Certificates{Unknown: fmt.Sprintf("%s, and whether its version has it was not asked", err)}, nil
	}
	c.noV1.Store(true)
	return c.certificatesV0(ctx, has, version)
}

func (c *Client) certificatesV0(ctx context.Context, has v1Known, version string) (evidence.Certificates, error) {
	found, err := unknownFor(c.certificates(ctx, evidence.SourceV0, v0Path, decodeV0))
	if has == maybe && found.Source == evidence.SourceV0 {
		found.Fallback = fmt.Sprintf("Ops Manager %s answered 404 to its certificates of v1, so they are those of v0, which do not tell what is outdated", version)
	}
	return found, err
}

// v1Known is what a version tells of certificates v1.
type v1Known int

const (
	notKnown v1Known = iota
	// never: 2.10 and older.
	never
	// maybe: 3.0.0 to 3.0.25, where it is documented and in no release note.
	maybe
	// always: 3.0.26 and newer.
	always
)

// v1In judges by Ops Manager's own version. The director's is no word for it: Ops
// Manager may have been upgraded since it was deployed.
func v1In(version string) v1Known {
	major, minor, readable := leading(version)
	switch {
	case !readable:
		return notKnown
	case major < 3:
		return never
	case major > 3 || minor > 0 || patch(version) > 25:
		return always
	}
	return maybe
}

// certificateDecoder puts what an answer tells into the list.
type certificateDecoder func(*answer, *evidence.Certificates) error

func (c *Client) certificates(ctx context.Context, source evidence.Source, path string, decode certificateDecoder) (evidence.Certificates, error) {
	found := evidence.Certificates{Source: source}
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: path, stubborn: certificateTries,
		read: func(ans *answer) error { return decode(ans, &found) },
	})
	return found, err
}

// unknownFor turns what Ops Manager could not tell into a reason.
func unknownFor(found evidence.Certificates, err error) (evidence.Certificates, error) {
	switch {
	case err == nil && len(found.List) == 0:
		return evidence.Certificates{Unknown: "Ops Manager answered with an empty list of certificates, which happens when a root or NATS CA has expired"}, nil
	case err == nil:
		return found, nil
	case cannotTell(err):
		return evidence.Certificates{Unknown: err.Error()}, nil
	}
	return evidence.Certificates{}, err
}

// cannotTell is Ops Manager itself, not its login, failing to answer a question.
func cannotTell(err error) bool {
	var (
		api         *APIError
		unavailable *UnavailableError
		unexpected  *UnexpectedAnswerError
		page        *unavailableAnswer
	)
	switch {
	case errors.As(err, &api):
		return api.Status != http.StatusUnauthorized && api.Status != http.StatusForbidden && api.Path != tokenPath
	case errors.As(err, &unexpected):
		return unexpected.Path != tokenPath
	}
	return errors.As(err, &unavailable) && unavailable.Path != tokenPath && errors.As(err, &page)
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
	OutdatedDeployments toldNames       `json:"outdated_deployments"`
	ProductGUID         name            `json:"product_guid"`
	PropertyType        name            `json:"property_type"`
	Procedure           name            `json:"rotation_procedure_name"`
	ProcedureURL        name            `json:"rotation_procedure_url"`
	RotationStatus      name            `json:"rotation_status"`
	Signs               []certificateV1 `json:"signs"`
	ValidFrom           stamp           `json:"valid_from"`
	ValidUntil          stamp           `json:"valid_until"`
}

func decodeV1(ans *answer, found *evidence.Certificates) error {
	tree := flattened{strings: newInterner()}
	if err := decodeEach(ans.body, "certificates", func(node certificateV1) { tree.add(&node, nil) }); err != nil {
		return err
	}
	if tree.tooDeep {
		return &tooDeepError{limit: signsLimit}
	}
	found.List = tree.list
	if !tree.told {
		found.OutdatedUntold = "the answer to GET " + v1Path + " cannot be read as a proof: none of its certificates tells outdated_deployments"
	}
	return nil
}

// flattened is v1's tree as a list: each certificate before those that it signs.
type flattened struct {
	list    []evidence.Certificate
	strings *interner
	tooDeep bool
	// told is true where a row tells which deployments are outdated, be they none.
	told bool
}

func (f *flattened) add(node *certificateV1, signedBy []string) {
	f.told = f.told || node.OutdatedDeployments.told
	name := first(node.Name, node.VariablePath, node.PropertyReference)
	f.list = append(f.list, evidence.Certificate{
		Name:                 name,
		Location:             f.strings.text(string(node.Location)),
		ProductGUID:          f.strings.text(string(node.ProductGUID)),
		PropertyType:         f.strings.text(string(node.PropertyType)),
		Issuer:               f.strings.text(string(node.Issuer)),
		IsCA:                 node.IsCA,
		Configurable:         node.Configurable,
		AutoRotated:          node.AutoRotated,
		ValidFrom:            node.ValidFrom.Time,
		ValidUntil:           node.ValidUntil.Time,
		SignedBy:             signedBy,
		Deployments:          node.Deployments,
		OutdatedDeployments:  node.OutdatedDeployments.list,
		RotationStatus:       f.strings.text(string(node.RotationStatus)),
		RotationProcedure:    f.strings.text(string(node.Procedure)),
		RotationProcedureURL: f.strings.text(string(node.ProcedureURL)),
	})
	if len(node.Signs) == 0 {
		return
	}
	if len(signedBy) == signsLimit {
		f.tooDeep = true
		return
	}
	// Siblings share it, and no caller writes into it: names above each certificate
	// would be more than the answer itself.
	above := append(slices.Clip(signedBy), name)
	for i := range node.Signs {
		f.add(&node.Signs[i], above)
	}
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

func decodeV0(ans *answer, found *evidence.Certificates) error {
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
	found.List = list
	return err
}

// ExcludedCertificates lists the certificates that Ops Manager leaves out of a
// rotation (GET /api/v0/deployed/certificates with
// show_excluded_from_rotation_only=true). A name alone is not enough to tell them by:
// several products have a .properties.server_cert. None is an answer here; where Ops
// Manager cannot tell, Unknown says why, and none is then taken for excluded.
func (c *Client) ExcludedCertificates(ctx context.Context) (evidence.Certificates, error) {
	found, err := c.certificates(ctx, evidence.SourceV0, v0Path+"?show_excluded_from_rotation_only=true", decodeV0)
	switch {
	case err == nil:
		return found, nil
	case cannotTell(err):
		return evidence.Certificates{Unknown: err.Error()}, nil
	}
	return evidence.Certificates{}, err
}
