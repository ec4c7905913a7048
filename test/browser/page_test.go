package browser_test

import (
	"bytes"
	"image"
	"image/png"
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
	"github.com/opsman-ca/opsman-ca/internal/inventory"
)

var _ = Describe("the report's page", func() {
	for _, w := range windows {
		It("can be read in the window "+w.name, func() {
			address, asked := serve(report())
			m, shot := look(tab(), address, w)

			Expect(m.Scrolls).To(BeNumerically("<=", 0), "it scrolls sideways")
			Expect(m.Outside).To(BeEmpty())
			Expect(m.Overlapping).To(BeEmpty())
			Expect(m.Cut).To(BeEmpty())
			Expect(m.Faint).To(BeEmpty())
			Expect(m.Texts).To(BeNumerically(">", 200), "or nothing was looked at")

			Expect(m.Drawings).To(HaveLen(1))
			drawing := m.Drawings[0]
			Expect(drawing.Width).To(BeNumerically(">", float64(w.width)*0.8))
			Expect(drawing.Height).To(BeNumerically(">", 200))
			Expect(drawing.Title).To(Equal("When certificates expire"))
			Expect(drawing.Desc).To(ContainSubstring("The first is .properties.networking_poe_ssl_certs[0].certificate of Tanzu Application Service on 2026-02-18."))
			Expect(drawing.Bars).To(BeNumerically(">", 25))
			Expect(drawing.Marks).To(BeNumerically(">", 5))
			Expect(drawing.Smallest).To(BeNumerically(">=", 8), "pixels of its letters")
			Expect(drawing.Lowest).To(BeNumerically(">=", 3), "contrast of its bars")

			i := report()
			Expect(m.Tables).To(Equal(len(i.Groups) + 2))
			Expect(m.Rows).To(Equal(i.Summary.Total+len(i.Groups)+len(i.Due.Certificates)), "each certificate, and those that are due once more")

			Expect(*asked).To(Equal([]string{"/"}), "it needs nothing but itself")
			Expect(m.Requests).To(BeZero())

			picture, err := png.Decode(bytes.NewReader(shot))
			Expect(err).NotTo(HaveOccurred())
			Expect(picture.Bounds().Dx()).To(Equal(int(w.width) * 2))
			Expect(brightness(picture) < 0.5).To(Equal(w.dark), "of the paper, as drawn")
		})
	}

	It("has other colours in the dark", func() {
		address, _ := serve(report())
		ctx := tab()
		light, _ := look(ctx, address, windows[0])
		dark, _ := look(ctx, address, windows[1])
		Expect(light.Paper).NotTo(Equal(dark.Paper))
		Expect(light.Ink).NotTo(Equal(dark.Ink))
	})

	DescribeTable("is printed on white, on as many pages as it takes, whatever the screen is like", func(dark bool) {
		address, _ := serve(report())
		content := printed(tab(), address, dark)
		keep("print.pdf", content)
		Expect(content).To(HavePrefix("%PDF-"))
		Expect(len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(content, -1))).To(BeNumerically("~", 6, 1), "as wide as the fonts of the machine are")
		Expect(regexp.MustCompile(`/MediaBox\s*\[0 0 59[5-6][.0-9]* 84[12][.0-9]*\]`).Match(content)).To(BeTrue(), "A4")
	}, Entry("light", false), Entry("dark", true))

	It("can be read where Ops Manager tells nothing", func() {
		address, _ := serve(inventory.Of(evidence.Evidence{Certificates: evidence.Certificates{Unknown: "Ops Manager answered with an empty list of certificates, which happens when a root or NATS CA has expired"}}))
		m, _ := look(tab(), address, window{"unknown", 375, 812, true, false})
		Expect(m.Scrolls).To(BeNumerically("<=", 0))
		Expect(m.Drawings).To(BeEmpty())
		Expect(append(append(m.Outside, m.Overlapping...), m.Faint...)).To(BeEmpty())
	})
})

// brightness is that of the picture's left edge, which is paper: 0 is black.
func brightness(picture image.Image) float64 {
	sum, n := 0.0, 0
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		r, g, b, _ := picture.At(1, y).RGBA()
		sum += float64(r+g+b) / 3 / 0xffff
		n++
	}
	return sum / float64(n)
}
