package concourse

import (
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"
)

// Values are those of a vars file.
type Values map[string]any

// Set sets the value at a path of keys with dots between them.
func (v Values) Set(path string, value any) {
	GinkgoHelper()
	key, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		v[key] = value
		return
	}
	next, ok := v[key].(map[string]any)
	Expect(ok).To(BeTrue(), "the vars file has no map %q", key)
	Values(next).Set(rest, value)
}

// Setting is how a pipeline is set.
type Setting struct {
	// Values of the vars file; of those only the images, the schedule and the window
	// are other than in the repository.
	Values Values
	// Instance are the pipeline's instance vars.
	Instance map[string]any
	// Text is the pipeline's file.
	Text string
}

// Option changes a setting.
type Option func(*Setting)

// Value sets one value of the vars file: Value("expires_within", "5y").
func Value(path string, value any) Option { return func(s *Setting) { s.Values.Set(path, value) } }

// ResourceImage runs the steps of the resource type from another image than the rig's: a reference with a tag.
func ResourceImage(reference string) Option { return Value("images.resource", imageSource(reference)) }

// Without leaves a value out: the credential manager has it.
func Without(key string) Option { return func(s *Setting) { delete(s.Values, key) } }

// Instance sets the pipeline as an instance.
func Instance(vars map[string]any) Option { return func(s *Setting) { s.Instance = vars } }

// Opsman is how to reach a foundation: Opsman(f.Opsman()). It is what the credential
// manager has for the pipelines, which need none here; pipelines of the suite's own
// take its fields as vars.
func Opsman(opsman map[string]any) Option {
	return func(s *Setting) { s.Values["opsman"], s.Values["opsman-"+foundationName] = opsman, opsman }
}

// foundationName is what the vars files call theirs.
const foundationName = "west"

// Person closes a gate until a person starts its job.
func Person(gate string) Option { return passing(gate, false, false) }

// AtOnce opens a gate for what comes.
func AtOnce(gate string) Option { return passing(gate, true, false) }

// InWindow closes a gate until the window opens, which is the source of a time resource.
func InWindow(gate string) Option { return passing(gate, false, true) }

func passing(gate string, atOnce, inWindow bool) Option {
	return Value("gates."+gate, map[string]any{"at_once": atOnce, "in_window": inWindow})
}

// setting reads a pipeline and its vars file, unchanged, and puts in where the
// images are and who decides that the schedule fires.
func (c *Concourse) setting(file, pipeline string) *Setting {
	GinkgoHelper()
	text, err := os.ReadFile(c.File("pipelines", file+".yml"))
	Expect(err).NotTo(HaveOccurred())
	values, err := os.ReadFile(c.File("pipelines", "vars", file+".yml"))
	Expect(err).NotTo(HaveOccurred())
	s := &Setting{Text: string(text)}
	Expect(yaml.UnmarshalStrict(values, &s.Values)).To(Succeed())
	s.Values.Set("images", map[string]any{"resource": imageSource(c.ResourceImage), "task": imageSource(c.TaskImage), "sim": imageSource(c.SimImage)})
	if _, scheduled := s.Values["schedule"]; scheduled {
		s.Values.Set("schedule", map[string]any{"stand_in": c.scheduleURL(pipeline)})
	}
	if window, ok := s.Values["window"].(map[string]any); ok {
		s.Values.Set("window", map[string]any{"stand_in": c.scheduleURL(pipeline + "-window"), "initial_version": window["initial_version"]})
	}
	return s
}

// imageSource is the source of a registry-image resource.
func imageSource(reference string) map[string]any {
	GinkgoHelper()
	tag := tagged(reference)
	return map[string]any{"repository": tag.Context().Name(), "tag": tag.TagStr(), "insecure": true}
}
