package evidence

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Log is what an installation's log tells of the commands that Ops Manager ran
// (GET /installations/ID/logs). It is read only where it would complete a proof.
type Log struct {
	Asked bool
	// Unknown says why the log tells nothing although it was asked for.
	Unknown string
	// Commands are those that deploy or run an errand, in the order of their
	// beginnings.
	Commands []Command
}

// Command is one call of the bosh CLI.
type Command struct {
	// Deployment is the product's GUID; Director for create-env, whose command
	// names none.
	Deployment string
	// Errand is empty for a deploy.
	Errand string
	// Recreate is deploy --recreate.
	Recreate bool
	// WhenChanged is run-errand --when-changed, which may skip the errand.
	WhenChanged bool
	// Orphans is how many service instances the errand says that it passed by, as
	// Cloud Foundry has forgotten them; their VMs are there all the same. Left is how many it
	// says that it could not upgrade, as they failed or were busy: older brokers end
	// well all the same. Of errands side by side, what one says counts for each.
	Orphans int
	Left    int
	// Counted tells that the errand said how many orphans there are.
	Counted bool
	// ExitStatus counts where Finished is true.
	ExitStatus int
	Finished   bool
}

// CommandsLimit is how many commands a log may have: those of real ones are some
// dozens.
const CommandsLimit = 10_000

var (
	// mark is the line that Ops Manager writes before and after each command:
	// ===== 2019-10-15 04:38:44 UTC Running "…" and
	// ===== 2019-10-15 04:39:36 UTC Finished "…"; Duration: 52s; Exit Status: 0.
	mark = Expression(`^={3,} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* \S+ (Running|Finished) "(.*)"(; .*)?$`)
	exit = Expression(`; Exit Status: (-?\d{1,9})$`)
	// orphans is in the summary of the on-demand broker's errands, again and again
	// while they run: "Number of CF service instance orphans detected so far: 1".
	orphans = Expression(`(?i)\borphans detected[^:;]*: *(\d{1,9})\b`)
	// failed and busy are in the last of these lines.
	failed = Expression(`(?i)\binstances that failed to [^:;]*: *(\d{1,9})\b`)
	busy   = Expression(`(?i)\bbusy instances which could not be [^:;]*: *(\d{1,9})\b`)
	// ansi are a terminal's colours and movements.
	ansi = Expression(`\x1b\[[0-9;?]*[ -/]*[@-~]`)
)

// ParseLog reads the marks that Ops Manager puts around each command. What is cut
// off or belongs to no command counts for nothing.
func ParseLog(text string) Log {
	log := Log{Asked: true}
	marks := 0
	// open are the commands that have not finished, by their text.
	open := map[string][]int{}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if !strings.Contains(line, "===") {
			passedBy(line, log.Commands, open)
			continue
		}
		found := mark().FindStringSubmatch(strings.TrimSpace(ansi().ReplaceAllString(line, "")))
		if found == nil {
			continue
		}
		marks++
		written := found[2]
		if found[1] == "Finished" {
			status, known := number(exit(), found[3])
			if begun := open[written]; len(begun) > 0 && known {
				c := &log.Commands[begun[0]]
				c.Finished, c.ExitStatus = true, status
				open[written] = begun[1:]
			}
			continue
		}
		command, counts := parseCommand(written)
		if !counts || found[3] != "" {
			continue
		}
		if len(log.Commands) == CommandsLimit {
			return Log{Asked: true, Unknown: fmt.Sprintf("its log has more than %d commands", CommandsLimit)}
		}
		open[written] = append(open[written], len(log.Commands))
		log.Commands = append(log.Commands, command)
	}
	if marks == 0 {
		log.Unknown = "its log has none of the lines that Ops Manager puts around each command"
	}
	return log
}

// passedBy notes the counts of a line for the errands that run there. Which of several
// side by side says it stays unknown, so that none takes back what another one said.
func passedBy(line string, commands []Command, open map[string][]int) {
	// The logs are long, and few of their lines are of this.
	if !strings.Contains(strings.ToLower(line), "orphans") {
		return
	}
	count, told := number(orphans(), line)
	if !told {
		return
	}
	// Zero where they are not told, as in all lines but the last.
	notUpgraded, _ := number(failed(), line)
	notReady, _ := number(busy(), line)
	var running []*Command
	for _, begun := range open {
		for _, n := range begun {
			if commands[n].Errand != "" {
				running = append(running, &commands[n])
			}
		}
	}
	for _, c := range running {
		had := *c
		c.Counted, c.Orphans, c.Left = true, count, notUpgraded+notReady
		if len(running) > 1 {
			c.Orphans, c.Left = max(c.Orphans, had.Orphans), max(c.Left, had.Left)
		}
	}
}

// number is the one that the expression finds in a text.
func number(e *regexp.Regexp, text string) (int, bool) {
	found := e.FindStringSubmatch(text)
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// parseCommand reads a command line of the bosh CLI; false for one that neither
// deploys nor runs an errand.
func parseCommand(line string) (Command, bool) {
	var c Command
	verb, argument := "", ""
	words := strings.Fields(line)
	for i := 1; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		if valued[flag] && !joined && i+1 < len(words) {
			i++
			value = words[i]
		}
		switch {
		case flag == "-d" || flag == "--deployment":
			c.Deployment = value
		case flag == "--recreate":
			c.Recreate = value != "false"
		case flag == "--when-changed":
			c.WhenChanged = value != "false"
		case strings.HasPrefix(flag, "-"):
		case verb == "":
			verb = words[i]
		case argument == "":
			argument = words[i]
		}
	}
	switch verb {
	case "create-env":
		c.Deployment = Director
		return c, true
	case "deploy":
		return c, c.Deployment != ""
	case "run-errand":
		c.Errand = argument
		return c, c.Deployment != "" && c.Errand != ""
	}
	return c, false
}

// valued are the options of the bosh CLI whose value may be a word of its own.
var valued = map[string]bool{
	"-d": true, "--deployment": true, "-e": true, "--environment": true, "--ca-cert": true, "--client": true, "--client-secret": true,
	"--config": true, "--parallel": true, "--instance": true, "--logs-dir": true, "--state": true, "--vars-store": true,
	"-o": true, "--ops-file": true, "-v": true, "--var": true, "-l": true, "--vars-file": true, "--column": true,
	"--canaries": true, "--max-in-flight": true,
}
