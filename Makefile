# GNU make. `make help` lists the targets.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

GO       ?= go
COMMANDS := check in out opsman-ca opsman-sim
BINARIES := $(COMMANDS:%=bin/%)

# What the binaries say about themselves. A build without git (an image build,
# a tarball) passes these in; git is not allowed to find an enclosing repository.
GIT          := GIT_CEILING_DIRECTORIES='$(abspath ..)' git
BUILD_VERSION ?= $(shell $(GIT) describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//')
BUILD_COMMIT  ?= $(shell $(GIT) describe --always --dirty --exclude '*' 2>/dev/null)
BUILD_DATE    ?= $(shell $(GIT) log -1 --format=%cI 2>/dev/null)

BUILDINFO := github.com/opsman-ca/opsman-ca/internal/buildinfo
LDFLAGS    = -s -w \
	-X '$(BUILDINFO).Version=$(or $(BUILD_VERSION),0.0.0-dev)' \
	-X '$(BUILDINFO).Commit=$(BUILD_COMMIT)' \
	-X '$(BUILDINFO).Date=$(BUILD_DATE)'
# The version comes from LDFLAGS, so Go need not ask git for it a second time.
GO_BUILD   = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false

# The version that tools/om/go.mod pins, as om prints it.
OM_VERSION := 7.21.7
OM_LDFLAGS := -s -w -X main.version=$(OM_VERSION)
OM_MODULE  := tools/om/go.mod tools/om/go.sum

# Modules with code of this project; the ones under tools/ only pin versions.
MODULES  = $(patsubst %/,%,$(dir $(wildcard go.mod acceptance/go.mod)))
GO_FILES = $(shell find . -name '.?*' -prune -o -name '*.go' -print)

##@ Build

.PHONY: build
build: ## build the project's commands into bin/
	$(GO_BUILD) -ldflags "$(LDFLAGS)" -o bin/ $(COMMANDS:%=./cmd/%)

.PHONY: $(BINARIES)
$(BINARIES): bin/%:
	$(GO_BUILD) -ldflags "$(LDFLAGS)" -o $@ ./cmd/$*

# om is large and pinned: made again only when the pin changes.
bin/om: $(OM_MODULE) ## build the real om, with its own poll interval of 10 s
	cd tools/om && $(GO_BUILD) -ldflags '$(OM_LDFLAGS)' -o ../../$@ github.com/pivotal-cf/om

bin/om-quick: $(OM_MODULE) ## build the same om with a poll interval of 200 ms, for tests and demo
	cd tools/om && $(GO_BUILD) -ldflags '$(OM_LDFLAGS) -X main.applySleepDurationString=200ms' -o ../../$@ github.com/pivotal-cf/om

bin/golangci-lint: tools/lint/go.mod tools/lint/go.sum
	cd tools/lint && $(GO_BUILD) -ldflags '-s -w' -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

##@ Test

.PHONY: test
test: build bin/om-quick ## run all suites (only what changed since the last run)
	$(GO) test ./...

.PHONY: unit
unit: bin/om-quick ## run the suites of the packages alone: the inner loop, seconds
	$(GO) test ./internal/...

.PHONY: test-race
test-race: build bin/om-quick ## run all suites with the race detector and in random order (needs a C compiler)
	$(GO) tool ginkgo run --race --randomize-all --randomize-suites --keep-going --fail-on-pending --fail-on-empty \
		$$($(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./...)

.PHONY: demo
demo: build bin/om-quick ## rotate a simulated foundation from beginning to end
	bin/opsman-sim demo --bin bin

.PHONY: readme-tables
readme-tables: ## write the README's tables of source and params from the code
	UPDATE_README=1 $(GO) test -count=1 ./internal/resource -ginkgo.focus "README's table"

##@ Check

.PHONY: lint
lint: bin/golangci-lint ## run golangci-lint
	for module in $(MODULES); do (cd $$module && $(CURDIR)/bin/golangci-lint run --config $(CURDIR)/.golangci.yml ./...); done

.PHONY: vet
vet: ## run go vet
	for module in $(MODULES); do (cd $$module && $(GO) vet ./...); done

.PHONY: fmt-check
fmt-check: ## fail and list the files when gofmt would change any
	@unformatted=$$(gofmt -l $(GO_FILES)); \
	if [[ -n $$unformatted ]]; then printf 'not formatted, run make fmt:\n%s\n' "$$unformatted" >&2; exit 1; fi

.PHONY: fmt
fmt: ## run gofmt on every file
	gofmt -l -w $(GO_FILES)

.PHONY: ci
ci: ## run everything that continuous integration runs
	bash .ci/run

##@ Other

.PHONY: clean
clean: ## remove what was built
	rm -rf bin .build

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z\/-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
