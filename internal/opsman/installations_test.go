package opsman_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

var _ = Describe("The history", func() {
	const list = "GET /api/v0/installations"
	var s *server
	BeforeEach(func() { s = newServer() })

	// paging answers as Ops Manager 3.0.15 and newer.
	paging := func(ids ...int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			number, _ := strconv.Atoi(r.URL.Query().Get("page_num"))
			size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
			from := min((number-1)*size, len(ids))
			answer(200, history(ids[from:min(from+size, len(ids))]...))(w, r)
		}
	}
	below := func(id int) func(evidence.Installation) bool {
		return func(i evidence.Installation) bool { return i.ID <= id }
	}
	never := func(evidence.Installation) bool { return false }

	DescribeTable("is read", func(ctx SpecContext, serve http.HandlerFunc, enough func(evidence.Installation) bool, wanted []int, complete bool, requests int) {
		s.on(list, serve)
		h, err := connect(s.config()).Installations(ctx, enough)
		Expect(err).NotTo(HaveOccurred())
		Expect(idsOf(h)).To(Equal(wanted))
		Expect(h.Complete).To(Equal(complete))
		Expect(h.Asked).To(BeTrue())
		Expect(s.sent(list)).To(HaveLen(requests))
	},
		Entry("empty", answer(200, `{"installations":[]}`), never, []int(nil), true, 1),
		Entry("one", paging(7), never, []int{7}, true, 1),
		Entry("without a question", paging(down(3, 1)...), nil, down(3, 1), true, 1),
		Entry("paged, all", paging(down(45, 1)...), never, down(45, 1), true, 3),
		Entry("paged, exactly one page", paging(down(20, 1)...), never, down(20, 1), true, 2),
		Entry("paged, cut on the first page", paging(down(45, 1)...), below(40), down(45, 40), false, 1),
		Entry("paged, cut on the second", paging(down(45, 1)...), below(20), down(45, 20), false, 2),
		Entry("paged, cut at the end of a page", paging(down(45, 1)...), below(26), down(45, 26), false, 2),
		Entry("paged, enough said only once, at the end of a page", paging(down(65, 1)...),
			func(i evidence.Installation) bool { return i.ID == 46 }, down(65, 46), false, 2),
		Entry("whole, all", answer(200, history(down(45, 1)...)), never, down(45, 1), true, 1),
		Entry("whole, cut short", answer(200, history(down(45, 1)...)), below(43), down(45, 43), false, 1),
		Entry("whole, as long as a page", answer(200, history(down(20, 1)...)), never, down(20, 1), true, 2),
		Entry("whole, ascending", answer(200, history(1, 2, 3, 4)), below(4), []int{4, 3, 2, 1}, true, 1),
		Entry("whole, ascending and longer than a page", answer(200, history(up(1, 45)...)), below(45), down(45, 1), true, 1),
		Entry("whole, enough at the last", answer(200, history(3, 2, 1)), below(1), []int{3, 2, 1}, true, 1),
		Entry("whole, in disorder", answer(200, history(3, 9, 1, 4)), below(8), []int{9, 4, 3, 1}, true, 1),
		Entry("paged, ascending", paging(up(1, 25)...), below(25), down(25, 1), true, 2),
	)

	It("asks for pages", func(ctx SpecContext) {
		s.on(list, paging(down(25, 1)...))
		_, err := connect(s.config()).Installations(ctx, never)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.all("POST /uaa/oauth/token")).To(Equal([]string{
			list + "?page_num=1&per_page=20", list + "?page_num=2&per_page=20",
		}))
	})

	It("survives an installation that starts between two pages", func(ctx SpecContext) {
		s.on(list, paging(down(30, 1)...), paging(down(31, 1)...))
		h, err := connect(s.config()).Installations(ctx, below(5))
		Expect(err).NotTo(HaveOccurred())
		Expect(idsOf(h)).To(Equal(down(30, 5)))
		Expect(h.Complete).To(BeFalse())
	})

	It("survives several installations that start between two pages", func(ctx SpecContext) {
		s.on(list, paging(down(50, 1)...), paging(down(53, 1)...))
		h, err := connect(s.config()).Installations(ctx, below(20))
		Expect(err).NotTo(HaveOccurred())
		Expect(idsOf(h)).To(Equal(down(50, 20)))
		Expect(h.Complete).To(BeFalse())
	})

	It("starts a page again when its answer is cut", func(ctx SpecContext) {
		whole := history(down(10, 1)...)
		s.on(list, truncated(whole[:len(whole)-400]), answer(200, whole))
		h, err := connect(s.config()).Installations(ctx, never)
		Expect(err).NotTo(HaveOccurred())
		Expect(idsOf(h)).To(Equal(down(10, 1)))
	})

	It("keeps the connection when a short answer is cut short", func(ctx SpecContext) {
		s.on(list, answer(200, history(down(100, 1)...)))
		client := connect(s.config())
		for range 3 {
			_, err := client.Installations(ctx, below(99))
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.connected()).To(Equal(1))
	})

	It("does not read ten thousand installations to know the last few", func(ctx SpecContext) {
		var written atomic.Int64
		s.on(list, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"installations":[`+installation(10_000))
			for id := 9_999; id > 0; id-- {
				n, err := io.WriteString(w, ","+installation(id))
				if err != nil {
					return
				}
				written.Add(int64(n))
			}
			_, _ = io.WriteString(w, `]}`)
		})
		whole := int64(len(installation(9_999))) * 10_000
		h, err := connect(s.config()).Installations(ctx, below(9_995))
		Expect(err).NotTo(HaveOccurred())
		Expect(idsOf(h)).To(Equal(down(10_000, 9_995)))
		Expect(h.Complete).To(BeFalse())
		Consistently(written.Load, 50*time.Millisecond).Should(BeNumerically("<", whole*3/4))
	})

	It("holds no more of ten thousand installations than their own data", func(ctx SpecContext) {
		s.on(list, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"installations":[`+installation(10_000))
			for id := 9_999; id > 0; id-- {
				_, _ = io.WriteString(w, ","+installation(id))
			}
			_, _ = io.WriteString(w, `]}`)
		})
		client := connect(s.config())
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		h, err := client.Installations(ctx, never)
		Expect(err).NotTo(HaveOccurred())
		runtime.GC()
		runtime.ReadMemStats(&after)
		Expect(h.List).To(HaveLen(10_000))
		perRow := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / 10_000
		Expect(perRow).To(BeNumerically("<", len(installation(9_999))))
		runtime.KeepAlive(h)
	})

	It("keeps everything that an installation says", func(ctx SpecContext) {
		s.on(list, answer(200, `{"count":1,"installations":[{"id":"3","user_name":"admin","status":"succeeded",
			"started_at":"2017-05-24T23:38:37.316Z","finished_at":null,
			"additions":[{"identifier":"p-bosh","label":"BOSH Director","product_version":"3.0","deployment_status":"successful","guid":"p-bosh-1","started_at":"2017-05-24T23:39:00Z","finished_at":"2017-05-24T23:59:00+02:00"}],
			"deletions":[{"guid":"old-1","deployment_status":"skipped"}],
			"updates":[{"guid":"cf-1","change_type":"addition","deployment_status":"failed"}],
			"unchanged":[{"guid":"mysql-1","change_type":null,"deployment_status":"pending"}]}],"other":{"a":[1]}}`))
		h, err := connect(s.config()).Installations(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		at := func(text string) time.Time {
			t, err := time.Parse(time.RFC3339Nano, text)
			Expect(err).NotTo(HaveOccurred())
			return t.UTC()
		}
		Expect(h.List).To(Equal([]evidence.Installation{{
			ID: 3, User: "admin", Status: "succeeded", StartedAt: at("2017-05-24T23:38:37.316Z"),
			Changes: []evidence.Change{
				{
					GUID: "p-bosh-1", Identifier: "p-bosh", Label: "BOSH Director", ProductVersion: "3.0",
					Type: evidence.ChangeAddition, Status: evidence.DeploymentSuccessful,
					StartedAt: at("2017-05-24T23:39:00Z"), FinishedAt: at("2017-05-24T21:59:00Z"),
				},
				{GUID: "old-1", Type: evidence.ChangeDeletion, Status: evidence.DeploymentSkipped},
				{GUID: "cf-1", Type: evidence.ChangeAddition, Status: evidence.DeploymentFailed},
				{GUID: "mysql-1", Type: evidence.ChangeUnchanged, Status: evidence.DeploymentPending},
			},
		}}))
	})

	DescribeTable("is not made up", func(ctx SpecContext, body, wanted string) {
		s.on(list, answer(200, body))
		_, err := connect(s.config()).Installations(ctx, never)
		Expect(err).To(MatchError(And(ContainSubstring("the answer to GET /api/v0/installations"), ContainSubstring(wanted))))
	},
		Entry("no list", `{}`, `it holds no list "installations"`),
		Entry("null", `{"installations":null}`, `it holds no list "installations"`),
		Entry("a bare list", `[]`, "it holds [ where { was expected"),
		Entry("an object", `{"installations":{}}`, "it holds { where [ was expected"),
		Entry("no id", `{"installations":[{"status":"running"}]}`, "an installation has no id"),
		Entry("a bad id", `{"installations":[{"id":"x"}]}`, `the id "x" is not a number`),
		Entry("a bad date", `{"installations":[{"id":1,"started_at":"now"}]}`, `"now" is not a date`),
		Entry("a time of an unknown zone", `{"installations":[{"id":1,"started_at":"2026-11-10 11:00:00 XYZT"}]}`, `"2026-11-10 11:00:00 XYZT" is not a date`),
	)

	Describe("of one installation", func() {
		It("is its status", func(ctx SpecContext) {
			s.on("GET /api/v0/installations/42", answer(200, `{"status":"running","started_at":"2017-05-24T23:38:37.316Z","finished_at":null}`))
			i, err := connect(s.config()).Installation(ctx, 42)
			Expect(err).NotTo(HaveOccurred())
			Expect(i).To(Equal(evidence.Installation{ID: 42, Status: "running", StartedAt: time.Date(2017, 5, 24, 23, 38, 37, 316e6, time.UTC)}))
		})
		It("is an error when it has none", func(ctx SpecContext) {
			s.on("GET /api/v0/installations/42", answer(200, `{}`))
			_, err := connect(s.config()).Installation(ctx, 42)
			Expect(err).To(MatchError(ContainSubstring("it holds no status of installation 42")))
		})
		It("is an error when it is unknown", func(ctx SpecContext) {
			_, err := connect(s.config()).Installation(ctx, 43)
			Expect(err).To(MatchError(ContainSubstring("404")))
		})
		It("has a log, without our secrets", func(ctx SpecContext) {
			s.on("GET /api/v0/installations/42/logs", answer(200, `{"logs":"one\ntwo tok-1-abcdefgh\n"}`))
			logs, err := connect(s.config()).InstallationLogs(ctx, 42)
			Expect(err).NotTo(HaveOccurred())
			Expect(logs).To(Equal("one\ntwo [redacted]\n"))
		})
		It("has a log that may be empty but not absent", func(ctx SpecContext) {
			s.on("GET /api/v0/installations/42/logs", answer(200, `{"logs":""}`), answer(200, `{}`))
			client := connect(s.config())
			Expect(client.InstallationLogs(ctx, 42)).To(BeEmpty())
			_, err := client.InstallationLogs(ctx, 42)
			Expect(err).To(MatchError(ContainSubstring("it holds no logs")))
		})
	})
})

// installation is one row with two products.
func installation(id int) string {
	change := `{"identifier":"cf","label":"VMware Tanzu Application Service","product_version":"6.0.3-build.7","change_type":"update","deployment_status":"successful","guid":"cf-0123456789abcdef0123","started_at":"2026-05-24T23:38:37.316Z","finished_at":"2026-05-24T23:58:37.316Z"}`
	changes := strings.Repeat(change+",", 1) + change
	return fmt.Sprintf(`{"id":%d,"user_name":"admin","status":"succeeded","started_at":"2026-05-24T23:38:37.316Z","finished_at":"2026-05-25T01:38:37.316Z","additions":[],"deletions":[],"updates":[%s],"unchanged":[]}`, id, changes)
}

func history(ids ...int) string {
	rows := make([]string, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"status":"succeeded","updates":[{"guid":"cf-1","deployment_status":"successful"}]}`, id))
	}
	return `{"installations":[` + strings.Join(rows, ",") + `]}`
}

func down(from, to int) (list []int) {
	for id := from; id >= to; id-- {
		list = append(list, id)
	}
	return list
}

func up(from, to int) (list []int) {
	for id := from; id <= to; id++ {
		list = append(list, id)
	}
	return list
}

func idsOf(h evidence.History) (ids []int) {
	for _, i := range h.List {
		ids = append(ids, i.ID)
	}
	return ids
}
