package concourse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/acceptance/rig/postgres"
)

// Rewrite makes another version of the newest one of a resource, in Concourse's
// database: it leaves what another image of the resource would have left. Do it
// before a build gets the version, of which Concourse would know nothing any more.
func (p *Pipeline) Rewrite(resource string, fields map[string]string) {
	GinkgoHelper()
	// Concourse knows a version by the hash of this text.
	text, err := json.Marshal(fields)
	Expect(err).NotTo(HaveOccurred())
	version := quote(string(text))
	statement := fmt.Sprintf(`update resource_config_versions set version = %s::jsonb, version_md5 = md5(%s) where id = (
		select v.id from resource_config_versions v
		join resources r on r.resource_config_scope_id = v.resource_config_scope_id
		join pipelines p on p.id = r.pipeline_id
		where p.name = %s and r.name = %s
		order by v.check_order desc limit 1)`, version, version, quote(p.Name), quote(resource))
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	Expect(postgres.Run(ctx, statement)).To(Succeed())
	all := p.Versions(resource)
	Expect(all).NotTo(BeEmpty())
	Expect(all[len(all)-1].Fields).To(Equal(fields))
}

// quote is a text as SQL has it.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
