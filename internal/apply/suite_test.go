package apply_test

import (
	"os"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// TestMain lets this test binary play om when a spec starts it as such.
func TestMain(m *testing.M) {
	if script, isOm := os.LookupEnv("FAKE_OM"); isOm {
		os.Exit(playOm(script))
	}
	os.Exit(m.Run())
}

func TestApply(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	// What is supervised here may go on for ever; a spec must not.
	suite.Timeout = 3 * time.Minute
	RunSpecs(t, "apply", suite, reporter)
}
