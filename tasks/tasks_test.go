// Package tasks_test holds the task files to the command that they run.
package tasks_test

import (
	"context"
	"encoding/pem"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/cli"
	"github.com/opsman-ca/opsman-ca/internal/omenv"
	"github.com/opsman-ca/opsman-ca/internal/opsman"
)

type task struct {
	Params map[string]any `yaml:"params"`
	Run    struct {
		Path string   `yaml:"path"`
		Args []string `yaml:"args"`
	} `yaml:"run"`
}

func load(path string) task {
	GinkgoHelper()
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	var t task
	Expect(yaml.Unmarshal(text, &t)).To(Succeed())
	return t
}

// help is what the command says of itself; an unknown command fails.
func help(args []string) string {
	GinkgoHelper()
	out := gbytes.NewBuffer()
	code := cli.Main(context.Background(), cli.Environment{Stdout: out, Stderr: out, Args: append(slices.Clone(args), "--help")})
	Expect(code).To(BeZero(), string(out.Contents()))
	return string(out.Contents())
}

// pinned is a certificate, for OM_CA_CERT.
func pinned() string {
	GinkgoHelper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// variable is how the help shows the environment variable of a flag.
var variable = regexp.MustCompile(`\$([A-Z_]+)`)

// inside are variables that a task has no param for: the image knows where om is.
var inside = []string{"OPSMAN_CA_OM"}

// refused are params that Platform Automation's task has and this one refuses.
var refused = []string{"SELECTIVE_DEPLOY_PRODUCTS"}

// offline tells whether a task asks no Ops Manager, and needs no login.
func offline(path string) bool { return path == "gate.yml" }

var _ = Describe("the task files", func() {
	paths, err := filepath.Glob("*.yml")
	if err != nil || len(paths) == 0 {
		AbortSuite("there are no task files")
	}
	for _, path := range paths {
		It(path+" has a param for every variable of its command, and no other", func() {
			t := load(path)
			Expect(t.Run.Path).To(Equal("opsman-ca"))
			var understood, given []string
			for _, match := range variable.FindAllStringSubmatch(help(t.Run.Args), -1) {
				if !slices.Contains(inside, match[1]) {
					understood = append(understood, match[1])
				}
			}
			for _, param := range slices.Sorted(maps.Keys(t.Params)) {
				if !strings.HasPrefix(param, "OM_") && param != omenv.Whole && !slices.Contains(refused, param) {
					given = append(given, param)
				}
			}
			if offline(path) { // what every command understands it has no use for
				Expect(understood).To(ContainElements(given))
				return
			}
			Expect(given).To(ConsistOf(understood))
		})

		if offline(path) {
			continue
		}

		It(path+" takes target and login as one map, too, which its default of ENV_FILE does not get in the way of", func() {
			params := load(path).Params
			Expect(params).To(And(HaveKeyWithValue(omenv.Whole, BeNil()), HaveKeyWithValue("ENV_FILE", "env.yml")))
			r := gbytes.NewBuffer()
			environ := []string{"ENV_FILE=env.yml", omenv.Whole + `={"target":"https://opsman.example.com","username":7,"password":"word"}`}
			Expect(cli.Main(context.Background(), cli.Environment{Stdout: r, Stderr: r, Args: load(path).Run.Args, Environ: environ})).To(Equal(1))
			Expect(r).To(gbytes.Say(`error: OPSMAN\.username is a number: expected a string, for example admin\n`))
			Expect(string(r.Contents())).NotTo(ContainSubstring("env file"))
		})

		It(path+" takes target and credentials as om does", func() {
			values := map[string]string{
				"OM_TARGET": "https://opsman.example.com", "OM_USERNAME": "user", "OM_PASSWORD": "word",
				"OM_CLIENT_ID": "client", "OM_CLIENT_SECRET": "secret", "OM_DECRYPTION_PASSPHRASE": "phrase",
				"OM_CA_CERT": pinned(), "OM_SKIP_SSL_VALIDATION": "true", "OM_VARS_ENV": "PREFIX",
			}
			var environ, params []string
			for param := range load(path).Params {
				if strings.HasPrefix(param, "OM_") {
					params = append(params, param)
					environ = append(environ, param+"="+values[param])
				}
			}
			Expect(params).To(ConsistOf(slices.Collect(maps.Keys(values))))
			config, err := omenv.Config(omenv.Flags{}, environ)
			Expect(err).NotTo(HaveOccurred())
			Expect(config).To(Equal(opsman.Config{
				Target: "https://opsman.example.com", Username: "user", Password: "word", ClientID: "client", ClientSecret: "secret",
				DecryptionPassphrase: "phrase", CACert: values["OM_CA_CERT"], SkipSSLValidation: true,
			}))
		})
	}
})
