// Package browser looks at the page of opsman-ca report in a real browser, headless
// Chromium. It is a module of its own, so that no other module carries what it takes.
package browser
