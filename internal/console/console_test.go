package console_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/console"
	"github.com/opsman-ca/opsman-ca/internal/console/terminal"
)

const escape = "\x1b["

var _ = Describe("colour", func() {
	DescribeTable("is decided from what is asked, NO_COLOR and the terminal",
		func(color console.Color, colored bool, environ ...string) {
			var out bytes.Buffer
			c := console.New(&out, console.Options{Color: color, Environ: environ, Terminal: terminal.Colored})
			c.Println(c.Heading("a"), c.OK("b"), c.Warn("c"), c.Error("d"), c.Muted("e"))
			if colored {
				Expect(strings.Count(out.String(), escape)).To(BeNumerically(">=", 5))
			} else {
				Expect(out.String()).To(Equal("a b c d e\n"))
			}
		},
		Entry("auto, no terminal", console.ColorAuto, false, "TERM=xterm-256color"),
		Entry("nothing asked, no terminal", console.Color(""), false, "TERM=xterm-256color"),
		Entry("auto, no terminal, colour forced by the environment", console.ColorAuto, true, "TERM=xterm-256color", "CLICOLOR_FORCE=1"),
		Entry("auto, forced and NO_COLOR", console.ColorAuto, false, "TERM=xterm-256color", "CLICOLOR_FORCE=1", "NO_COLOR=1"),
		Entry("always, no terminal", console.ColorAlways, true),
		Entry("always and NO_COLOR", console.ColorAlways, false, "NO_COLOR=1"),
		Entry("always and NO_COLOR of any value", console.ColorAlways, false, "NO_COLOR=no"),
		Entry("always and an empty NO_COLOR, which does not count", console.ColorAlways, true, "NO_COLOR="),
		Entry("never", console.ColorNever, false, "CLICOLOR_FORCE=1"),
	)

	It("is none where nothing tells whether the output is a terminal", func() {
		var out bytes.Buffer
		c := console.New(&out, console.Options{Color: console.ColorAuto, Environ: []string{"TERM=xterm-256color", "CLICOLOR_FORCE=1"}})
		c.Println(c.OK("a"))
		Expect(out.String()).To(Equal("a\n"))
	})

	It("is five sequences, each to the end of its line", func() {
		c := console.New(&bytes.Buffer{}, console.Options{Color: console.ColorAlways})
		Expect([]string{c.Heading("a"), c.OK("a"), c.Warn("a"), c.Error("a"), c.Muted("a\nb")}).To(Equal([]string{
			"\x1b[1;36ma\x1b[m", "\x1b[32ma\x1b[m", "\x1b[33ma\x1b[m", "\x1b[1;31ma\x1b[m", "\x1b[90ma\x1b[m\n\x1b[90mb\x1b[m",
		}))
	})

	It("leaves tabs and line feeds of the text alone", func() {
		c := console.New(&bytes.Buffer{}, console.Options{Color: console.ColorNever})
		Expect(c.OK("a\tb")).To(Equal("a\tb"))
	})
})

var _ = DescribeTable("Elapsed",
	func(d time.Duration, said string) { Expect(console.Elapsed(d)).To(Equal(said)) },
	Entry(nil, time.Duration(0), "0s"),
	Entry(nil, 8*time.Second+900*time.Millisecond, "8s"),
	Entry(nil, 59*time.Second, "59s"),
	Entry(nil, time.Minute, "1m00s"),
	Entry(nil, 12*time.Minute+3*time.Second, "12m03s"),
	Entry(nil, time.Hour+2*time.Minute+59*time.Second, "1h02m"),
	Entry(nil, 31*time.Hour, "31h00m"),
	Entry("a clock set back", -time.Minute, "0s"),
)

var _ = Describe("Heartbeat", func() {
	var (
		out   *bytes.Buffer
		now   time.Time
		pulse *console.Heartbeat
	)

	BeforeEach(func() {
		out = &bytes.Buffer{}
		now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
		c := console.New(out, console.Options{Color: console.ColorNever})
		pulse = console.NewHeartbeat(c, time.Minute, func() time.Time { return now })
	})

	It("beats with the elapsed time after a minute of silence", func() {
		now = now.Add(59 * time.Second)
		Expect(pulse.Beat("3 of 5")).To(BeFalse())
		now = now.Add(time.Second)
		Expect(pulse.Beat("3 of 5")).To(BeTrue())
		Expect(pulse.Beat("3 of 5")).To(BeFalse(), "the beat itself ends the silence")
		now = now.Add(63 * time.Second)
		Expect(pulse.Beat("4 of 5")).To(BeTrue())
		Expect(out.String()).To(Equal("⋯ 1m00s  3 of 5\n⋯ 2m03s  4 of 5\n"))
	})

	It("is silent while something else is said", func() {
		now = now.Add(59 * time.Second)
		pulse.Touch()
		now = now.Add(59 * time.Second)
		Expect(pulse.Beat("3 of 5")).To(BeFalse())
		Expect(pulse.Elapsed()).To(Equal(118 * time.Second))
		now = now.Add(time.Second)
		Expect(pulse.Beat("3 of 5")).To(BeTrue(), "a minute after it was said, and not sooner")
		Expect(out.String()).To(Equal("⋯ 1m59s  3 of 5\n"))
	})

	It("beats seldom although something else is said all the time", func() {
		for range 10 {
			now = now.Add(59 * time.Second)
			pulse.Touch()
			Expect(pulse.Beat("3 of 5")).To(BeFalse())
		}
		now = now.Add(10 * time.Second)
		pulse.Touch()
		Expect(pulse.Beat("3 of 5")).To(BeTrue())
		now = now.Add(10 * time.Second)
		pulse.Touch()
		Expect(pulse.Beat("3 of 5")).To(BeFalse())
	})

	It("takes it for a beat when another line told as much", func() {
		now = now.Add(10 * time.Minute)
		pulse.Told()
		Expect(pulse.Beat("3 of 5")).To(BeFalse())
		now = now.Add(time.Minute)
		Expect(pulse.Beat("3 of 5")).To(BeTrue())
	})
})

var _ = DescribeTable("About and Between",
	func(low, high time.Duration, about, between string) {
		Expect(console.About(low)).To(Equal(about))
		Expect(console.Between(low, high)).To(Equal(between))
	},
	Entry(nil, 8*time.Second, 12*time.Second, "8s", "8–12s"),
	Entry(nil, 80*time.Second, 100*time.Second, "80s", "80s–2m"),
	Entry(nil, 15*time.Minute, 18*time.Minute+20*time.Second, "15m", "15–18m"),
	Entry("the same", 15*time.Minute, 15*time.Minute+20*time.Second, "15m", "15m"),
	Entry(nil, 50*time.Minute, 70*time.Minute, "50m", "50m–1h10m"),
	Entry(nil, 59*time.Minute+40*time.Second, 2*time.Hour, "1h00m", "1h00m–2h00m"),
	Entry("a clock set back", -time.Minute, time.Duration(0), "0s", "0s"),
)

var _ = Describe("Lines", func() {
	It("passes whole lines on and holds the rest back", func() {
		var out bytes.Buffer
		l := console.NewLines(&out)
		for _, part := range []string{"on", "e\ntw", "o\nthree\nfo", "ur"} {
			n, err := l.Write([]byte(part))
			Expect(n, err).To(Equal(len(part)))
		}
		Expect(out.String()).To(Equal("one\ntwo\nthree\n"))
		Expect(l.Flush()).To(Succeed())
		Expect(l.Flush()).To(Succeed())
		Expect(out.String()).To(Equal("one\ntwo\nthree\nfour\n"))
	})

	It("never lets lines from elsewhere land within one", func() {
		var out bytes.Buffer
		c := console.New(&out, console.Options{Color: console.ColorNever})
		l := console.NewLines(c)
		var writers sync.WaitGroup
		writers.Go(func() {
			for range 200 {
				_, _ = l.Write([]byte("left "))
				_, _ = l.Write([]byte("right\n"))
			}
		})
		writers.Go(func() {
			for range 200 {
				c.Println("note")
			}
		})
		writers.Wait()
		Expect(lines(out.String())).To(HaveLen(400))
		Expect(lines(out.String())).To(HaveEach(BeElementOf("left right", "note")))
	})

	It("reports that the output is gone", func() {
		c := console.New(broken{}, console.Options{})
		_, err := console.NewLines(c).Write([]byte("one\n"))
		Expect(err).To(MatchError(ContainSubstring("cannot write output: closed")))
	})
})

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }
