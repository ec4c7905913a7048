package browser_test

import (
	"context"
	_ "embed" // what is measured within the page
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

//go:embed measure.js
var measure string

// measured is what a look at the page finds; measure.js fills it in.
type measured struct {
	// Scrolls is how many pixels the page is wider than the window.
	Scrolls float64 `json:"scrolls"`
	// Outside, Overlapping and Cut name elements that stick out of the window, lie
	// upon one another, or show less than they hold.
	Outside     []string `json:"outside"`
	Overlapping []string `json:"overlapping"`
	Cut         []string `json:"cut"`
	// Faint names texts with less contrast than WCAG 2 AA asks for.
	Faint []string `json:"faint"`
	// Texts is how many texts were looked at.
	Texts int `json:"texts"`
	// Drawings are the timelines that are to be seen.
	Drawings []drawing `json:"drawings"`
	Paper    string    `json:"paper"`
	Ink      string    `json:"ink"`
	Tables   int       `json:"tables"`
	Rows     int       `json:"rows"`
	Requests int       `json:"requests"`
}

type drawing struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Title  string  `json:"title"`
	Desc   string  `json:"desc"`
	Bars   int     `json:"bars"`
	Marks  int     `json:"marks"`
	// Smallest is the height of its smallest letters in pixels, Lowest the lowest
	// contrast of its bars.
	Smallest float64 `json:"smallest"`
	Lowest   float64 `json:"lowest"`
}

// window is one way to look.
type window struct {
	name          string
	width, height int64
	phone, dark   bool
}

var windows = []window{
	{"desktop-light", 1280, 900, false, false},
	{"desktop-dark", 1280, 900, false, true},
	{"phone-light", 375, 812, true, false},
	{"phone-dark", 375, 812, true, true},
	{"small-phone-light", 320, 568, true, false},
	{"tablet-light", 768, 1024, false, false},
}

// chromium is the browser of all specs, started by the first.
var chromium = sync.OnceValue(func() context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	quit = func() {
		leave()
		stop()
	}
	return ctx
})

var quit = func() {}

var _ = AfterSuite(func() { quit() })

// tab is a new one in the browser, for one spec.
func tab() context.Context {
	GinkgoHelper()
	Expect(chromedp.Do(chromium(), chromedp.Navigate("about:blank"))).To(Succeed(), "is chromium installed?")
	ctx, leave := chromedp.NewContext(chromium())
	DeferCleanup(func() { leave() })
	ctx, late := context.WithTimeout(ctx, 3*time.Minute)
	DeferCleanup(func() { late() })
	return ctx
}

// serve has the page on a server that counts what is asked of it.
func serve(i inventory.Inventory) (address string, asked *[]string) {
	GinkgoHelper()
	text, err := inventory.HTML(i)
	Expect(err).NotTo(HaveOccurred())
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" { // browsers ask for it by themselves
			http.NotFound(w, r)
			return
		}
		*asked = append(*asked, r.URL.Path)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(text))
	}))
	DeferCleanup(server.Close)
	return server.URL, asked
}

// look opens the page in the window, measures it, and takes a picture of it.
func look(ctx context.Context, address string, w window) (m measured, picture []byte) {
	GinkgoHelper()
	prefer(ctx, w.dark)
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(2)}
	if w.phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	Expect(chromedp.Do(ctx, chromedp.EmulateViewport(w.width, w.height, options...), chromedp.Navigate(address))).To(Succeed())
	m, err := chromedp.Run(ctx, chromedp.Evaluate[measured](measure))
	Expect(err).NotTo(HaveOccurred())
	picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
	Expect(err).NotTo(HaveOccurred())
	keep(w.name+".png", picture)
	return m, picture
}

// keep leaves a picture for a person to look at, if BROWSER_PICTURES says where.
func keep(name string, content []byte) {
	GinkgoHelper()
	folder := os.Getenv("BROWSER_PICTURES")
	if folder == "" {
		return
	}
	Expect(os.MkdirAll(folder, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(folder, name), content, 0o644)).To(Succeed())
}

// printed is the page as a PDF on A4.
func printed(ctx context.Context, address string, dark bool) []byte {
	GinkgoHelper()
	prefer(ctx, dark)
	Expect(chromedp.Do(ctx, chromedp.Navigate(address))).To(Succeed())
	content, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	Expect(err).NotTo(HaveOccurred())
	return content
}

// prefer is what the reader has set in the system.
func prefer(ctx context.Context, dark bool) {
	GinkgoHelper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	// The first action starts the browser.
	Expect(chromedp.Do(ctx, chromedp.Navigate("about:blank"))).To(Succeed())
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	Expect(err).NotTo(HaveOccurred())
}
