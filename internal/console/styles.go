package console

import "charm.land/lipgloss/v2"

// Styles give text a meaning by colour. Only the sixteen basic colours are
// used: every terminal has them, and so has a CI server's web page.
type Styles struct {
	heading, ok, warn, failed, muted lipgloss.Style
}

func newStyles(colored bool) Styles {
	plain := lipgloss.NewStyle().TabWidth(lipgloss.NoTabConversion)
	if !colored {
		return Styles{heading: plain, ok: plain, warn: plain, failed: plain, muted: plain}
	}
	return Styles{
		heading: plain.Bold(true).Foreground(lipgloss.Cyan),
		ok:      plain.Foreground(lipgloss.Green),
		warn:    plain.Foreground(lipgloss.Yellow),
		failed:  plain.Bold(true).Foreground(lipgloss.Red),
		muted:   plain.Foreground(lipgloss.BrightBlack),
	}
}

// Heading begins a part of the output.
func (s Styles) Heading(text string) string { return s.heading.Render(text) }

// OK is something that went well.
func (s Styles) OK(text string) string { return s.ok.Render(text) }

// Warn is something to look at.
func (s Styles) Warn(text string) string { return s.warn.Render(text) }

// Error is something that failed.
func (s Styles) Error(text string) string { return s.failed.Render(text) }

// Muted is something that most readers skip.
func (s Styles) Muted(text string) string { return s.muted.Render(text) }
