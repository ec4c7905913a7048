// Package browser looks at the page of opsman-ca report in a real browser, headless
// Chromium. It is a module of its own, so that nobody else carries what it takes.
package browser
