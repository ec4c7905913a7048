package judge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/opsman-ca/opsman-ca/internal/sim"
	"github.com/opsman-ca/opsman-ca/test/soak/judge"
	"github.com/opsman-ca/opsman-ca/test/soak/schedule"
)

// foundation is one without safety checks, whose CAs both hands may reach.
type foundation struct {
	*sim.Foundation
	first string
}

func newFoundation() *foundation {
	GinkgoHelper()
	off := false
	f, err := sim.New(sim.Options{KeyBits: 1024, VMDelay: -1, SafetyChecks: &off, Tiles: schedule.Schedule{}.Tiles()})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(f.Close)
	return &foundation{f, f.Dump().CAs[0].GUID}
}

// others do something.
func (f *foundation) others(actions ...sim.Action) {
	GinkgoHelper()
	for _, a := range actions {
		err := f.Operator(a)
		if !a.Wait {
			Expect(err).NotTo(HaveOccurred())
		}
	}
}

// call is a request of the procedure's own, straight to the handler.
func (f *foundation) call(method, path, body string) []byte {
	GinkgoHelper()
	token := f.send("", http.MethodPost, "/uaa/oauth/token", "application/x-www-form-urlencoded", "grant_type=password&username=admin&password=admin")
	var answer struct {
		Token string `json:"access_token"`
	}
	Expect(json.Unmarshal(token, &answer)).To(Succeed(), string(token))
	return f.send(answer.Token, method, "/api/v0"+path, "application/json", body)
}

func (f *foundation) apply() {
	GinkgoHelper()
	f.call(http.MethodPost, "/installations", "{}")
	Expect(f.WaitIdle(context.Background())).To(Succeed())
}

func (f *foundation) other() string {
	GinkgoHelper()
	for _, ca := range f.Dump().CAs {
		if !ca.Active {
			return ca.GUID
		}
	}
	Fail("there is no inactive CA")
	return ""
}

func (f *foundation) judge(said judge.Said) judge.Verdict {
	return judge.Of(judge.Case{First: f.first, Said: said}, f.Foundation)
}

const cas = "/certificate_authorities"

var (
	success = judge.Said{Success: true}
	applied = sim.Action{Do: "apply", Wait: true}
)

var _ = Describe("the judge", func() {
	It("calls a proper rotation settled, and finds nothing", func() {
		f := newFoundation()
		f.call(http.MethodPost, cas+"/generate", "{}")
		f.apply()
		f.call(http.MethodPost, cas+"/"+f.other()+"/activate", "{}")
		f.call(http.MethodPost, cas+"/active/regenerate", "{}")
		f.apply()
		f.call(http.MethodDelete, cas+"/"+f.other(), "")
		Expect(f.judge(success).Faults(success)).To(ConsistOf(ContainSubstring("it claims success: ")), "before the last apply")
		f.apply()
		v := f.judge(success)
		Expect(v.Settled).To(BeTrue(), "%v", v.Unsettled)
		Expect(v.Good).To(BeNumerically(">", 0))
		Expect(v.Faults(success)).To(BeEmpty())
	})

	It("finds the procedure guilty of a broken handshake that its own phase made", func() {
		f := newFoundation()
		f.call(http.MethodPost, cas+"/generate", "{}")
		f.call(http.MethodPost, cas+"/"+f.other()+"/activate", "{}")
		f.apply()
		v := f.judge(success)
		Expect(v.Broken).To(BeNumerically(">", 0))
		Expect(v.Excused).To(BeEmpty())
		Expect(v.ByUs).To(ConsistOf(ContainSubstring("activate of")))
		Expect(v.Improper).To(ConsistOf(ContainSubstring("came too early for")))
	})

	It("finds it guilty also when another operator deploys that", func() {
		f := newFoundation()
		f.call(http.MethodPost, cas+"/generate", "{}")
		f.call(http.MethodPost, cas+"/"+f.other()+"/activate", "{}")
		f.others(applied)
		Expect(f.judge(success).ByUs).NotTo(BeEmpty())
	})

	It("excuses what another operator alone has broken", func() {
		f := newFoundation()
		f.others(sim.Action{Do: "generate"}, sim.Action{Do: "activate"}, applied)
		v := f.judge(judge.Said{Reason: judge.ApplyFailed})
		Expect(v.Broken).To(BeNumerically(">", 0))
		Expect(v.Excused).To(Equal(map[string]int{"deployed by the other operator, too": v.Broken}))
		Expect(v.Faults(judge.Said{Reason: judge.ApplyFailed})).To(BeEmpty())
	})

	It("excuses an installation whose start another operator's click has overtaken, and no other", func() {
		for _, looked := range []bool{false, true} {
			f := newFoundation()
			f.others(sim.Action{Do: "generate"})
			f.call(http.MethodGet, cas, "")
			f.others(sim.Action{Do: "activate"})
			if looked {
				f.call(http.MethodGet, cas, "")
			}
			f.apply()
			v := f.judge(success)
			Expect(v.Broken).To(BeNumerically(">", 0))
			if looked {
				Expect(v.ByUs).To(ConsistOf(ContainSubstring("was to be seen")))
			} else {
				Expect(v.ByUs).To(BeEmpty())
			}
		}
	})

	It("finds a second candidate, and the deletion of a CA that was never active", func() {
		f := newFoundation()
		f.call(http.MethodPost, cas+"/generate", "{}")
		f.call(http.MethodPost, cas+"/generate", "{}")
		f.call(http.MethodDelete, cas+"/"+f.other(), "")
		Expect(f.judge(success).Improper).To(ConsistOf(ContainSubstring("was made beside the inactive"), ContainSubstring("never active")))
	})

	DescribeTable("holds what was said of the vendor's prerequisites against the foundation",
		func(oddities []string, refused []string, generated bool, wrong types.GomegaMatcher) {
			f := newFoundation()
			if generated {
				f.call(http.MethodPost, cas+"/generate", "{}")
			} else {
				f.others(sim.Action{Do: "generate"})
			}
			said := judge.Said{Reason: judge.SafetyViolation, Refused: refused}
			v := judge.Of(judge.Case{First: f.first, Said: said, Schedule: schedule.Schedule{Oddities: oddities}}, f.Foundation)
			Expect(v.Prerequisites).To(wrong)
			for _, p := range v.Prerequisites {
				Expect(v.Faults(said)).To(ContainElement(p))
			}
		},
		Entry("true, and said", []string{schedule.OldStemcells}, []string{"recreate-needed"}, true, BeEmpty()),
		Entry("nothing is asked for, and nothing was said", []string{schedule.OwnRootCA}, nil, true, BeEmpty()),
		Entry("said, and not true", []string{schedule.OldStemcells}, []string{"recreate-needed", "customer-cas"}, true, ConsistOf(ContainSubstring("not true (customer-cas)"))),
		Entry("true, and never said", []string{schedule.AutomaticDNS, schedule.CustomerCA}, []string{"customer-cas"}, true, ConsistOf(ContainSubstring("never said dns-auto-rotation"))),
		Entry("true, never said, and another operator began", []string{schedule.AutomaticDNS}, nil, false, BeEmpty()),
	)

	DescribeTable("holds the reason for a stop against the foundation",
		func(reason string, prepare []sim.Action, holds bool) {
			f := newFoundation()
			f.others(prepare...)
			said := judge.Said{Reason: reason}
			if holds {
				Expect(f.judge(said).Untrue).To(BeEmpty())
			} else {
				Expect(f.judge(said).Faults(said)).To(ConsistOf(ContainSubstring("not true")))
			}
		},
		Entry("too many CAs", "too-many-cas", []sim.Action{{Do: "generate"}, {Do: "generate"}}, true),
		Entry("two are not too many", "too-many-cas", []sim.Action{{Do: "generate"}}, false),
		Entry("untrusted", "activated-untrusted", []sim.Action{{Do: "generate"}, {Do: "activate"}}, true),
		Entry("trusted all the same", "activated-untrusted", []sim.Action{{Do: "generate"}, applied, {Do: "activate"}}, false),
		Entry("a violation that a click explains", judge.SafetyViolation, []sim.Action{{Do: "generate"}}, true),
		Entry("a violation out of nothing", judge.SafetyViolation, nil, false),
		Entry("installations that fail without a cause", judge.ApplyFailed, nil, false),
		Entry("giving up", judge.GaveUp, nil, false),
		Entry("a prerequisite that its operator cannot answer", "recreate-needed", nil, false),
	)
})

func (f *foundation) send(token, method, path, kind, body string) []byte {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(context.Background(), method, "https://opsman"+path, bytes.NewBufferString(body))
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Content-Type", kind)
	if token == "" {
		request.SetBasicAuth("opsman", "")
	} else {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, request)
	answer := recorder.Result()
	content, err := io.ReadAll(answer.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(answer.Body.Close()).To(Succeed())
	Expect(answer.StatusCode).To(BeNumerically("<", 300), "%s %s: %s", method, path, content)
	return content
}
