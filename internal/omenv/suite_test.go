package omenv_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestOmEnv(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "omenv")
}
