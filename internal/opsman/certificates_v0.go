package opsman

import "github.com/opsman-ca/opsman-ca/internal/evidence"

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
