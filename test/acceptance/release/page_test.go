package release_test

import (
	"context"
	"debug/elf"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// page stands in for the project's page of releases: it has what was put there last.
type page struct {
	mu     sync.Mutex
	closed bool
	fields map[string]string
	files  map[string]string
}

func (p *page) down() { p.mu.Lock(); defer p.mu.Unlock(); p.closed = true }
func (p *page) up()   { p.mu.Lock(); defer p.mu.Unlock(); p.closed = false }

// has gives what was put there.
func (p *page) has() (fields, files map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fields, p.files
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	if err := p.take(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (p *page) take(r *http.Request) error {
	if err := r.ParseMultipartForm(256 << 20); err != nil {
		return err
	}
	p.fields, p.files = map[string]string{}, map[string]string{}
	for field, values := range r.MultipartForm.Value {
		p.fields[field] = values[0]
	}
	for _, file := range r.MultipartForm.File["files"] {
		content, err := file.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		p.files[file.Filename] = string(text)
	}
	return nil
}

// expectFiles looks at all files: their checksums, programs of both platforms and what they say of themselves, and what each
// program is made of.
func (p *page) expectFiles(version, commit string) {
	GinkgoHelper()
	_, files := p.has()
	folder := GinkgoT().TempDir()
	for name, text := range files {
		Expect(os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)).To(Succeed())
	}
	run := func(program string, args ...string) string {
		cmd := exec.CommandContext(context.Background(), program, args...)
		cmd.Dir = folder
		text, err := cmd.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(text))
		return string(text)
	}
	Expect(strings.Count(run("sha256sum", "-c", "SHA256SUMS"), ": OK\n")).To(Equal(len(files) - 1))
	for _, program := range []string{"opsman-ca", "opsman-sim"} {
		for architecture, machine := range map[string]elf.Machine{"arm64": elf.EM_AARCH64, "amd64": elf.EM_X86_64} {
			run("tar", "-xzf", program+"-"+version+"-linux-"+architecture+".tar.gz")
			file, err := elf.Open(filepath.Join(folder, program))
			Expect(err).NotTo(HaveOccurred())
			Expect(file.Machine).To(Equal(machine), program)
			Expect(file.Close()).To(Succeed())
			if machine == elf.EM_X86_64 {
				Expect(run("./"+program, "--version")).To(HavePrefix(program + " " + version + " (" + commit[:7]))
			}
		}
	}
	for program, module := range map[string]string{
		"check": "github.com/opsman-ca/opsman-ca", "in": "github.com/opsman-ca/opsman-ca", "out": "github.com/opsman-ca/opsman-ca",
		"opsman-ca": "github.com/alecthomas/kong", "opsman-sim": "github.com/alecthomas/kong", "om": "github.com/pivotal-cf/om",
	} {
		Expect(files[program+"-"+version+".cdx.json"]).To(And(ContainSubstring(`"bomFormat": "CycloneDX"`), ContainSubstring(module)), program)
	}
	Expect(files["NOTICES-om"]).To(ContainSubstring("Licences and notices of what is linked into"))
}
