package troubleshooting_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestTroubleshooting(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "troubleshooting")
}
