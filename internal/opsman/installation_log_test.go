package opsman_test

import (
	"context"
	"io"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var _ = Describe("The log of an installation", func() {
	const logs = "GET /api/v0/installations/7/logs"
	var s *server
	BeforeEach(func() { s = newServer() })

	It("tells its commands", func(ctx SpecContext) {
		s.on(logs, answer(200, `{"logs":"===== 2019-10-15 04:38:44 UTC Running \"bosh --deployment=mysql-1 run-errand upgrade-all\"\n===== 2019-10-15 04:39:36 UTC Finished \"bosh --deployment=mysql-1 run-errand upgrade-all\"; Duration: 52s; Exit Status: 0\n"}`))
		log, err := connect(s.config()).InstallationLog(ctx, 7)
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(Equal(evidence.Log{Asked: true, Commands: []evidence.Command{{Deployment: "mysql-1", Errand: "upgrade-all", Finished: true}}}))
	})

	DescribeTable("is unknown where Ops Manager cannot give it", func(ctx SpecContext, failure http.HandlerFunc, reason string) {
		s.on(logs, failure)
		log, err := connect(s.config()).InstallationLog(ctx, 7)
		Expect(err).NotTo(HaveOccurred())
		Expect(log.Asked).To(BeTrue())
		Expect(log.Unknown).To(ContainSubstring(reason))
	},
		Entry("404", answer(404, `{"errors":["gone"]}`), "gone"),
		Entry("500", page(500), "500"),
		Entry("no log", answer(200, `{}`), "holds no logs"),
		Entry("empty", answer(200, `{"logs":""}`), "none of the lines"),
	)

	It("is an error when the trouble is not its own", func(ctx SpecContext) {
		s.on(logs, answer(403, `{}`))
		_, err := connect(s.config()).InstallationLog(ctx, 7)
		Expect(err).To(MatchError(ContainSubstring("403")))
	})
})

var _ = Describe("Ops Manager's word that no installation is in progress", func() {
	const current = "GET /api/v0/installations/current_log"
	var s *server
	BeforeEach(func() { s = newServer() })

	stream := func(text string) http.HandlerFunc { return answer(200, text, "Content-Type", "text/event-stream") }
	// held says it and does not end the answer.
	held := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, text)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}

	DescribeTable("is taken", func(ctx SpecContext, handler http.HandlerFunc, denied bool) {
		s.on(current, handler)
		Expect(connect(s.config()).NoInstallationRunning(ctx)).To(Equal(denied))
	},
		Entry("as an exit's type", stream("event: exit\ndata: {\"type\":\"no install in progress\"}\n\n"), true),
		Entry("as an exit's text", stream("event:exit\r\ndata:no install in progress\r\n\r\n"), true),
		Entry("as an event", stream("event: no install in progress\ndata: {}\n\n"), true),
		Entry("without a blank line behind it", stream("event: exit\ndata: {\"type\":\"no install in progress\"}"), true),
		Entry("from an answer that does not end", held("event: exit\ndata: {\"type\":\"no install in progress\"}\n\n"), true),
		Entry("not from an exit of another kind", stream("event: exit\ndata: {\"type\":\"done\",\"code\":0}\n\n"), false),
		Entry("not from a later event", stream("event: step_info\ndata: []\n\nevent: exit\ndata: {\"type\":\"no install in progress\"}\n\n"), false),
		Entry("not from a line of a log", stream("data: it says: no install in progress\n\n"), false),
		Entry("not from an installation that runs", held("event: step_info\ndata: []\n\n"), false),
		Entry("not from more than an event may be", stream("data: "+strings.Repeat("x", 65<<10)), false),
		Entry("not from nothing", stream(""), false),
		Entry("not from a page", page(200), false),
		Entry("not from a 404", answer(404, `{}`), false),
		Entry("not from a 500", page(500), false),
		Entry("not from a lost answer", http.HandlerFunc(hangUp), false),
	)

	It("is asked for once, and not longer than it may take", func(ctx SpecContext) {
		short, cancel := context.WithCancel(ctx)
		defer cancel()
		s.on(current, func(_ http.ResponseWriter, r *http.Request) {
			cancel() // the time is over while the answer is awaited
			<-r.Context().Done()
		})
		Expect(connect(s.config()).NoInstallationRunning(short)).To(BeFalse())
		Expect(s.sent(current)).To(HaveLen(1))
		Expect(s.sent(current)[0].Header.Get("Accept")).To(Equal("text/event-stream"))
	})
})
