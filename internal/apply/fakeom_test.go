package apply_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// act is one thing that the fake om does.
type act struct {
	// Say and Complain go to standard output and standard error.
	Say      string `json:",omitempty"`
	Complain string `json:",omitempty"`
	// Post asks for an installation, as om does, and complains when refused.
	Post bool `json:",omitempty"`
	// Lose does not wait for the answer of Post to mean anything: om dies with
	// a transport error.
	Lose bool `json:",omitempty"`
	// Look polls the installation this often, -1 until it ends, and prints the
	// log's growth, as om does.
	Look int `json:",omitempty"`
	// Foreign lets another user start an installation first, if none has been
	// started yet.
	Foreign string `json:",omitempty"`
	// Unless ends om with the complaint before it does anything else, unless so many
	// have been started before it.
	Unless int `json:",omitempty"`
	// Kill ends om by SIGKILL, Hang never ends it, Exit ends it.
	Kill bool `json:",omitempty"`
	Hang bool `json:",omitempty"`
	Exit int  `json:",omitempty"`
}

// asked is what om says just before its POST.
var asked = act{Say: "attempting to apply changes to the targeted Ops Manager\n"}

func script(acts ...act) string {
	text, err := json.Marshal(acts)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// playOm is the fake om: a process of its own, so that it can die like one.
func playOm(text string) int {
	var acts []act
	if err := json.Unmarshal([]byte(text), &acts); err != nil {
		return complain("bad script: " + err.Error())
	}
	_, before := call(http.MethodPost, "/om", strings.Join(append(os.Args[1:], os.Environ()...), "\n"))
	shown := 0
	for _, a := range acts {
		_, _ = os.Stdout.WriteString(strings.ReplaceAll(a.Say, "{pid}", strconv.Itoa(os.Getpid())))
		if a.Unless > 0 {
			if started, _ := strconv.Atoi(before); started < a.Unless {
				return complain(a.Complain)
			}
			continue
		}
		_, _ = os.Stderr.WriteString(a.Complain)
		if a.Foreign != "" {
			call(http.MethodPost, "/foreign", a.Foreign)
		}
		if a.Post {
			status, answer := call(http.MethodPost, "/installations", "")
			if a.Lose {
				return complain("installation failed to trigger: could not make api request to installations endpoint: EOF")
			}
			if status != http.StatusOK {
				return complain(fmt.Sprintf("installation failed to trigger: request failed: unexpected response from /api/v0/installations:\nHTTP/1.1 %d Unprocessable Entity\r\nSet-Cookie: session=baked\r\n\r\n%s", status, answer))
			}
		}
		for looks := 0; looks != a.Look; looks++ {
			state, _ := call(http.MethodGet, "/status", "")
			_, log := call(http.MethodGet, "/log", "")
			_, _ = os.Stdout.WriteString(log[min(shown, len(log)):])
			shown = len(log)
			if state == http.StatusNoContent {
				return 0
			}
			if state == http.StatusGone {
				return complain("installation was unsuccessful")
			}
		}
		switch {
		case a.Kill:
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case a.Hang:
			time.Sleep(time.Hour)
		case a.Exit != 0:
			return a.Exit
		}
	}
	return 0
}

// complain is log.Fatal, as om uses it.
func complain(text string) int {
	fmt.Fprintln(os.Stderr, "2026/05/04 10:00:00 "+text)
	return 1
}

func call(method, path, body string) (int, string) {
	request, err := http.NewRequest(method, os.Getenv("OM_TARGET")+path, strings.NewReader(body)) //nolint:noctx // lives as long as its process
	if err != nil {
		panic(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}
