package opsman

import (
	"slices"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

// v1Path goes around the cache: phases are decided by the answer.
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
