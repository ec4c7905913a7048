package lookup_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// flies are the commands of fly that pages use, and their flags: those with a value,
// and those without one.
var flies = map[string]struct{ valued, plain string }{
	"set-pipeline":     {"-p --pipeline -c --config -l --load-vars-from -v --var -y --yaml-var -i --instance-var", "-n --non-interactive --check-creds"},
	"unpause-pipeline": {"-p --pipeline", ""},
	"pause-pipeline":   {"-p --pipeline", ""},
	"get-pipeline":     {"-p --pipeline", "-j --json"},
	"trigger-job":      {"-j --job", "-w --watch"},
	"execute": {"-c --config -p --privileged -i --input -o --output -j --inputs-from --image --tag -v --var -y --yaml-var -l --load-vars-from",
		"-p --privileged --include-ignored"},
	"check-resource": {"-r --resource -f --from", "--shallow -a --async"},
	"pin-resource":   {"-r --resource --version -c --comment", ""},
	"unpin-resource": {"-r --resource", ""},
	"hijack":         {"-j --job -b --build -s --step -c --check", ""},
}

var (
	placeholder = regexp.MustCompile(`^[A-Z][A-Z_]*$`) // what a reader puts something of his own in the place of
	jobName     = regexp.MustCompile(`(?m)^- name: (\S+)`)
)

// fly says what is wrong with a call of fly, and which command it would run in a task.
func fly(c call) (problems, task []string) {
	args := c.args
	if len(args) > 1 && (args[0] == "-t" || args[0] == "--target") {
		args = args[2:]
	}
	if len(args) == 0 {
		return []string{"no command of fly"}, nil
	}
	known, ok := flies[args[0]]
	if !ok {
		return []string{fmt.Sprintf("fly %s: look whether there is such a command, and add it to flies, with its flags", args[0])}, nil
	}
	command, config := args[0], ""
	for args = args[1:]; len(args) > 0; args = args[1:] {
		flag := args[0]
		switch {
		case flag == "--":
			return problems, args[1:]
		case has(known.plain, flag):
			continue
		case !has(known.valued, flag) || len(args) < 2:
			problems = append(problems, fmt.Sprintf("fly %s has no flag %s, or not without a value", command, flag))
			continue
		}
		args = args[1:]
		value := args[0]
		switch flag {
		case "-c", "--config":
			config = value
			problems = append(problems, c.missing(value)...)
		case "-l", "--load-vars-from":
			problems = append(problems, c.missing(value)...)
		case "-v", "--var":
			name, _, _ := strings.Cut(value, "=")
			problems = append(problems, c.unused(config, name)...)
		case "-j", "--job", "--inputs-from":
			// PIPELINE/JOB, or PIPELINE/NAME:VALUE/JOB of an instance.
			job := value[strings.LastIndex(value, "/")+1:]
			problems = append(problems, c.jobless(job)...)
		case "-i", "--input":
			if _, path, assigned := strings.Cut(value, "="); command == "execute" && assigned && !placeholder.MatchString(path) {
				problems = append(problems, c.missing(path)...)
			}
		}
	}
	return problems, nil
}

func has(flags, flag string) bool { return strings.Contains(" "+flags+" ", " "+flag+" ") }

func (c call) missing(path string) []string {
	if _, err := os.Stat(filepath.Join(c.folder, path)); err != nil {
		return []string{fmt.Sprintf("%s is not in the folder where it is typed", path)}
	}
	return nil
}

// unused is a var that the file does not ask for, neither by its name nor by a part of it.
func (c call) unused(config, name string) []string {
	text, err := os.ReadFile(filepath.Join(c.folder, config))
	for part := name; err == nil; {
		if strings.Contains(string(text), "(("+part+"))") {
			return nil
		}
		dot := strings.LastIndex(part, ".")
		if dot < 0 {
			break
		}
		part = part[:dot]
	}
	return []string{fmt.Sprintf("%s has no var ((%s))", config, name)}
}

func (c call) jobless(job string) []string {
	pipelines, err := filepath.Glob(filepath.Join(c.folder, "pipelines", "*.yml"))
	for _, path := range pipelines {
		text, readErr := os.ReadFile(path)
		for _, found := range jobName.FindAllStringSubmatch(string(text), -1) {
			if readErr == nil && found[1] == job {
				return nil
			}
		}
	}
	return []string{fmt.Sprintf("no pipeline has a job %s (%v)", job, err)}
}
