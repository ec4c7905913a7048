package shorten_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestShorten(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "shorten")
}
