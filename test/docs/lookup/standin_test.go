package lookup_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/test/docs/reader"
)

// standIn writes down where it was called and how, for any program.
const standIn = `#!/usr/bin/env bash
cat >/dev/null
printf '%s\0' "$(($# + 2))" "$PWD" "${0##*/}" "$@" >>"$CALLS"
`

// call is how a program was called, by bash itself: nothing here reads its language.
type call struct {
	folder, program string
	args            []string
}

// standIns put themselves into bin/ of a clone, in the place of programs.
func standIns(folder string, programs ...string) {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Join(folder, "bin"), 0o755)).To(Succeed())
	for _, program := range programs {
		Expect(os.WriteFile(filepath.Join(folder, "bin", program), []byte(standIn), 0o700)).To(Succeed())
	}
}

// calls are those that commands make, typed in the folder, with what bash says.
func calls(ctx SpecContext, folder, commands string) (made []call, said string, err error) {
	GinkgoHelper()
	record := filepath.Join(GinkgoT().TempDir(), "calls")
	Expect(os.WriteFile(record, nil, 0o600)).To(Succeed())
	shell := exec.CommandContext(ctx, "bash", "-eo", "pipefail", "-c", commands)
	shell.Dir = folder
	shell.Env = reader.Environment("CALLS="+record, "PATH="+filepath.Join(folder, "bin")+":"+os.Getenv("PATH"))
	output, err := shell.CombinedOutput()

	recorded, readErr := os.ReadFile(record)
	Expect(readErr).NotTo(HaveOccurred())
	words := strings.Split(strings.TrimSuffix(string(recorded), "\x00"), "\x00")
	for len(words) > 2 {
		count, err := strconv.Atoi(words[0])
		Expect(err).NotTo(HaveOccurred())
		made = append(made, call{folder: words[1], program: words[2], args: words[3 : count+1]})
		words = words[count+1:]
	}
	return made, string(output), err
}
