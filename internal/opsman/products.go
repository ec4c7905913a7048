package opsman

import (
	"context"
	"errors"
	"net/http"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

type productJSON struct {
	InstallationName name `json:"installation_name"`
	GUID             name `json:"guid"`
	Type             name `json:"type"`
	Label            name `json:"label"`
	Version          name `json:"product_version"`
	Stale            struct {
		Parents names `json:"parent_products_deployed_more_recently"`
	} `json:"stale"`
}

// DeployedProducts lists the deployed products, the director among them
// (Ops Manager API 3.1, GET /deployed/products).
func (c *Client) DeployedProducts(ctx context.Context) (evidence.Products, error) {
	var list []productJSON
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: "/api/v0/deployed/products",
		read: func(ans *answer) error {
			list = nil
			if err := decode(ans.body, &list); err != nil {
				return err
			}
			if list == nil {
				return errors.New("it holds no list of products")
			}
			for _, p := range list {
				if p.GUID == "" {
					return errNoGUID
				}
			}
			return nil
		},
	})
	if err != nil {
		return evidence.Products{}, err
	}
	products := evidence.Products{Asked: true}
	for _, p := range list {
		products.List = append(products.List, evidence.Product{
			GUID:         string(p.GUID),
			Type:         string(p.Type),
			Label:        string(p.Label),
			Version:      string(p.Version),
			StaleParents: p.Stale.Parents,
		})
	}
	return products, nil
}
