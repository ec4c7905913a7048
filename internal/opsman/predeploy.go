package opsman

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/shorten"
)

// checkTime is how long a pre-deploy check may take. It is a question beside the
// rotation, and each tile has one.
const checkTime = 5 * time.Minute

// preDeployJSON is a product as pre_deploy_check describes it.
type preDeployJSON struct {
	Complete *bool     `json:"complete"`
	Network  *assigned `json:"network"`
	// Zone became Zones in some versions.
	Zone      *assigned `json:"availability_zone"`
	Zones     *assigned `json:"availability_zones"`
	Stemcells []struct {
		assigned
		OS      name `json:"required_stemcell_os"`
		Version name `json:"required_stemcell_version"`
	} `json:"stemcells"`
	Properties []checkedProperty `json:"properties"`
	Resources  struct {
		Jobs []struct {
			Identifier name  `json:"identifier"`
			GUID       name  `json:"guid"`
			Error      texts `json:"error"`
			Errors     texts `json:"errors"`
		} `json:"jobs"`
	} `json:"resources"`
	Verifiers []struct {
		Type      name   `json:"type"`
		Ignorable option `json:"ignorable"`
		Errors    texts  `json:"errors"`
	} `json:"verifiers"`
}

// assigned tells whether something was chosen.
type assigned struct {
	Assigned option `json:"assigned"`
}

// missing is what Ops Manager says is not chosen.
func (a *assigned) missing() bool { return a != nil && a.Assigned.value != nil && !*a.Assigned.value }

// checkedProperty is a property with what is wrong with it, and with its records.
type checkedProperty struct {
	Name    name  `json:"name"`
	Errors  texts `json:"errors"`
	Records []struct {
		Index      text              `json:"index"`
		Errors     []checkedProperty `json:"errors"`
		Properties []checkedProperty `json:"properties"`
	} `json:"records"`
}

// tell adds what is wrong with the property and its records. path leads to it.
func (p checkedProperty) tell(to *sentences, path ...string) {
	path = append(slices.Clip(path), string(p.Name))
	for _, text := range p.Errors {
		to.add(strings.Join(path, "") + ": " + text)
	}
	for _, record := range p.Records {
		for _, inner := range append(slices.Clip(record.Errors), record.Properties...) {
			if len(path) < 2*deepest && !to.full() {
				inner.tell(to, append(slices.Clip(path), "["+string(record.Index)+"].")...)
			}
		}
	}
}

// sentences are what is shown of a list: the first of it, without secrets.
type sentences struct {
	redact *redactor
	list   []string
	more   int
}

func (s *sentences) full() bool { return len(s.list) >= most }

func (s *sentences) add(text string) {
	if s.full() {
		s.more++
		return
	}
	s.list = append(s.list, shorten.Text(s.redact.line(text), textLimit))
}

func (s *sentences) all() []string {
	if s.more > 0 {
		return append(s.list, shorten.More(s.more))
	}
	return s.list
}

// PreDeployCheck has Ops Manager check a staged product, or the director, as it does
// before a deployment (GET /staged/products/GUID/pre_deploy_check,
// /staged/director/pre_deploy_check). The check is work, so it is asked once, and not
// again when it takes too long. It is unknown as DiagnosticReport is, and when it took
// too long.
func (c *Client) PreDeployCheck(ctx context.Context, guid, identifier string) (evidence.PreDeployCheck, error) {
	check := evidence.PreDeployCheck{GUID: guid, Identifier: identifier}
	path := "/api/v0/staged/products/" + guid + "/pre_deploy_check"
	switch {
	case identifier == evidence.Director:
		path = "/api/v0/staged/director/pre_deploy_check"
	case !evidence.ProductGUID.Matches(guid):
		check.Unknown = "its GUID is not one of a product, so it was not asked for"
		return check, nil
	}
	var body *preDeployJSON
	limited, cancel := context.WithTimeout(ctx, c.checkTime)
	defer cancel()
	err := c.call(limited, &exchange{
		method: http.MethodGet, path: path, laborious: true,
		read: func(ans *answer) error {
			var outer struct {
				Check *preDeployJSON `json:"pre_deploy_check"`
			}
			if err := decode(ans.body, &outer); err != nil {
				return err
			}
			if outer.Check == nil || outer.Check.Complete == nil {
				return errors.New("it does not tell whether the product is complete")
			}
			body = outer.Check
			return nil
		},
	})
	switch tookLong := tookTooLong(err); {
	case err == nil:
	case ctx.Err() != nil:
		return check, err
	case tookLong, limited.Err() != nil:
		check.Unknown = fmt.Sprintf("GET %s took too long, and is not asked twice: %s", path, cmp.Or(whyLate(limited, c.checkTime), err.Error()))
		return check, nil
	case keptFrom(err):
		check.Unknown = err.Error()
		return check, nil
	default:
		return check, err
	}
	check.Complete = *body.Complete
	c.judge(&check, body)
	return check, nil
}

// whyLate says that the check's own time is over, "" while it is not.
func whyLate(limited context.Context, limit time.Duration) string {
	if limited.Err() == nil {
		return ""
	}
	return fmt.Sprintf("it did not answer within %s", limit)
}

// tookTooLong is a request that was given up, here or by what stands between.
func tookTooLong(err error) bool {
	var slow *slowError
	var page *unavailableAnswer
	return errors.As(err, &slow) || errors.As(err, &page) && page.status == http.StatusGatewayTimeout
}

// judge says what the check found. What is only not assigned counts where Ops Manager
// calls the product incomplete: a tile without VMs needs no network.
func (c *Client) judge(check *evidence.PreDeployCheck, body *preDeployJSON) {
	problems, ignorable := &sentences{redact: c.redact}, &sentences{redact: c.redact}
	if !check.Complete {
		body.tellUnassigned(problems)
	}
	for _, p := range body.Properties {
		p.tell(problems, "property ")
	}
	for _, job := range body.Resources.Jobs {
		for _, text := range append(job.Error, job.Errors...) {
			problems.add("resource " + first(job.Identifier, job.GUID) + ": " + text)
		}
	}
	for _, v := range body.Verifiers {
		to := problems
		if on := v.Ignorable.value; on != nil && *on {
			to = ignorable
		}
		for _, text := range v.Errors {
			to.add("verifier " + string(v.Type) + ": " + text)
		}
	}
	if !check.Complete && len(problems.list)+len(ignorable.list) == 0 {
		problems.add("Ops Manager calls it incomplete, and does not say why")
	}
	check.Problems, check.Ignorable = problems.all(), ignorable.all()
}

func (p *preDeployJSON) tellUnassigned(to *sentences) {
	if p.Network.missing() {
		to.add("no network is assigned")
	}
	if p.Zone.missing() || p.Zones.missing() {
		to.add("no availability zone is assigned")
	}
	for _, s := range p.Stemcells {
		if s.missing() {
			to.add("no stemcell is assigned: it needs " + strings.TrimSpace(cmp.Or(string(s.OS), "one")+" "+string(s.Version)))
		}
	}
}
