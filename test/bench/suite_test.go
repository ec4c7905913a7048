package main_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gexec"

	"github.com/opsman-ca/opsman-ca/test/integration/programs"
)

func TestBench(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "bench")
}

// folder with what is measured and what measures.
var folder string

var _ = SynchronizedBeforeSuite(func() []byte {
	return []byte(programs.Folder("cmd/opsman-sim", "test/bench", "test/bench/launch", "test/bench/floor"))
}, func(made []byte) { folder = string(made) })

var _ = SynchronizedAfterSuite(func() {}, gexec.CleanupBuildArtifacts)
