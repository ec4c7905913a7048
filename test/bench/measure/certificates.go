package measure

import (
	"context"
	"fmt"

	"github.com/opsman-ca/opsman-ca/test/bench/process"
	"github.com/opsman-ca/opsman-ca/test/bench/stage"
)

// certificates measures a report of many certificates, of half as many, and of a
// quarter.
func (b *Bench) certificates(ctx context.Context) (err error) {
	var all []candidate
	var opened []*walk
	defer func() {
		for _, w := range opened {
			err = w.close(err)
		}
	}()
	for _, part := range []int{4, 2, 1} {
		count := b.Certificates / part
		w, failed := b.walk(ctx, stage.Shape{Certificates: count, Small: true})
		if failed != nil {
			return failed
		}
		opened = append(opened, w)
		name := CertificatesName(count)
		all = append(all,
			candidate{name: "report/" + name, against: omExpiring + "/" + name, program: b.tool(w.at, "report"), at: w.at},
			b.omExpiring(w.at, name),
		)
		if part == 1 {
			all = append(all, candidate{name: "report-files/" + name, program: b.tool(w.at, "report", "--to", process.NewFolder), at: w.at})
		}
	}
	return b.sideBySide(ctx, "Certificates in a report", b.few(), all...)
}

// CertificatesName is the situation of a foundation with so many certificates.
func CertificatesName(count int) string { return fmt.Sprintf("certificates-%d", count) }
