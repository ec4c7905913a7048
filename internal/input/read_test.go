package input_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
)

var _ = Describe("ReadFile", func() {
	It("reads what is small", func() {
		path := filepath.Join(GinkgoT().TempDir(), "f")
		Expect(os.WriteFile(path, make([]byte, input.LargestFile), 0o600)).To(Succeed())
		content, err := input.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(content).To(HaveLen(input.LargestFile))
	})

	It("ends where a file does not", func() {
		_, err := input.ReadFile("/dev/zero")
		Expect(err).To(MatchError("it has more than 1048576 bytes"))
	})

	It("tells that there is none", func() {
		_, err := input.ReadFile("/nowhere/f")
		Expect(err).To(And(MatchError(os.ErrNotExist), MatchError("no such file or directory")))
	})

	It("tells what else is wrong without the path", func() {
		_, err := input.ReadFile("/dev")
		Expect(err).To(MatchError("is a directory"))
	})
})

var _ = Describe("WithoutPath", func() {
	It("leaves what is wrong with a file, wherever the path stands", func() {
		_, err := os.ReadFile("/nowhere/f")
		Expect(err.Error()).To(ContainSubstring("/nowhere/f"))
		for _, wrapped := range []error{err, errors.Join(err), fmt.Errorf("it: %w", err)} {
			Expect(input.WithoutPath(wrapped)).To(And(MatchError(os.ErrNotExist), MatchError("no such file or directory")))
		}
	})

	It("leaves any other error as it is", func() {
		err := errors.New("it has more than 1048576 bytes")
		Expect(input.WithoutPath(err)).To(BeIdenticalTo(err))
		Expect(input.WithoutPath(nil)).To(Succeed())
	})
})
