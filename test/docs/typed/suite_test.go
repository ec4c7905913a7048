// Package typed_test types what README.md and the tutorial tell their readers to type.
//
// Each page has a folder of its own with the committed files, and one shell, which
// ends at the first command that fails. A block that cannot run here has a mark in the
// page, <!-- not run: REASON -->, and is looked up instead (test/docs/lookup). A block
// with <!-- fails: REASON --> has to fail. A block without a language behind another
// shows what that one prints.
package typed_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
)

func TestTyped(t *testing.T) {
	RegisterFailHandler(Fail)
	format.MaxLength = 0
	RunSpecs(t, "Typed")
}
