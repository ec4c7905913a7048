package apply_test

import (
	"os"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/apply"
)

// TestMain lets this test binary play om when a spec starts it as such.
func TestMain(m *testing.M) {
	if script, isOm := os.LookupEnv("FAKE_OM"); isOm {
		os.Exit(playOm(script))
	}
	if _, isWriter := os.LookupEnv("WRITES_TO_CLOSED_PIPE"); isWriter {
		apply.SurviveClosedOutput()
		for {
			if _, err := os.Stdout.WriteString("x\n"); err != nil {
				os.Exit(0)
			}
		}
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
