package customca_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestCustomCA(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "customca")
}
