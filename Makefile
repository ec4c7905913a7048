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

# The version that build/tools/om/go.mod pins, as om prints it; the images have it from the Dockerfile.
OM_VERSION := $(shell sed -n 's/^ARG OM_VERSION=//p' Dockerfile)
OM_LDFLAGS := -s -w -X main.version=$(OM_VERSION)
OM_MODULE  := build/tools/om/go.mod build/tools/om/go.sum

# Modules with code of this project; the ones under build/tools only pin versions.
MODULES  = $(patsubst %/,%,$(dir $(wildcard go.mod test/acceptance/go.mod test/browser/go.mod)))
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
	cd build/tools/om && $(GO_BUILD) -ldflags '$(OM_LDFLAGS)' -o ../../../$@ github.com/pivotal-cf/om

bin/om-quick: $(OM_MODULE) ## build the same om with a poll interval of 200 ms, for tests and demo
	cd build/tools/om && $(GO_BUILD) -ldflags '$(OM_LDFLAGS) -X main.applySleepDurationString=200ms' -o ../../../$@ github.com/pivotal-cf/om

bin/golangci-lint: build/tools/lint/go.mod build/tools/lint/go.sum
	cd build/tools/lint && $(GO_BUILD) -ldflags '-s -w' -o ../../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/cyclonedx-gomod: build/tools/sbom/go.mod build/tools/sbom/go.sum
	cd build/tools/sbom && $(GO_BUILD) -ldflags '-s -w' -o ../../../$@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

bin/govulncheck: build/tools/vuln/go.mod build/tools/vuln/go.sum
	cd build/tools/vuln && $(GO_BUILD) -ldflags '-s -w' -o ../../../$@ golang.org/x/vuln/cmd/govulncheck

##@ Test

# These build and start the commands, of which Go's test cache knows nothing, nor the race
# detector: it would watch the suite alone. So they run once, in random order, with the others;
# four at a time on any machine, because they wait for applies most of the time.
BINARY_SUITES := ./test/integration/... ./internal/sim/demo ./test/soak/run ./test/readiness/run ./test/load/run ./test/bench

RANDOMLY := -ginkgo.randomize-all -ginkgo.fail-on-pending -ginkgo.fail-on-empty

.PHONY: test
test: build bin/om-quick ## run all suites (those of the packages only where something changed since the last run)
	$(GO) test $$($(GO) list ./... | grep -vE '/(test/integration|internal/sim/demo|test/soak/run|test/readiness/run|test/load/run|test/docs)(/|$$)|/test/bench$$')
	$(GO) test -p 4 -count=1 $(BINARY_SUITES) $(RANDOMLY)

.PHONY: unit
unit: bin/om-quick ## run the suites of the packages alone: the inner loop, seconds
	$(GO) test ./internal/...

# The tutorial serves on port 8443, so no two of these on one machine at the same time.
.PHONY: docs-test
docs-test: build ## type what README.md and docs/tutorial.md tell to type, and look up the commands of all pages (curl, jq)
	$(GO) test -count=1 ./test/docs/...

# Packages side by side, as go test has them. The walk is left out: it explores pure
# functions, in which nothing is shared, for minutes.
.PHONY: test-race
test-race: build bin/om-quick ## run the suites of what runs in their own process with the race detector and in random order (needs a C compiler)
	$(GO) test -race -count=1 $$($(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep -vE '/(test/(integration|soak/run|readiness/run|load/run|docs)|internal/sim/demo)(/|$$)|/test/bench(/inprocess)?$$') \
		$(RANDOMLY) -ginkgo.label-filter='!walk'

# Every rotation has the seed after the one before; what fails says how to play it again alone.
SOAK_SEED      ?= 1
SOAK_ROTATIONS ?= 1000
SOAK_WORKERS   ?= 16
SOAK_PROCEDURE ?= ours
SOAK_FLAGS     ?=

.PHONY: soak
soak: build bin/om-quick ## rotate under random faults, kills and clicks (SOAK_SEED, SOAK_ROTATIONS, SOAK_WORKERS, SOAK_PROCEDURE, SOAK_FLAGS)
	$(GO) run ./test/soak -procedure $(SOAK_PROCEDURE) -seed $(SOAK_SEED) -rotations $(SOAK_ROTATIONS) -workers $(SOAK_WORKERS) $(SOAK_FLAGS)

.PHONY: side-by-side
side-by-side: SOAK_PROCEDURE := ours,runbook,platform-automation
side-by-side: SOAK_ROTATIONS := 300
side-by-side: SOAK_FLAGS := -exact-dates
side-by-side: soak ## the same for the vendor's runbook and Platform Automation's tasks, as a table

READINESS_WORKERS ?= 4
READINESS_OUT     ?= docs/dev/readiness.md
READINESS_FLAGS   ?=

.PHONY: readiness
readiness: build bin/om-quick ## play every shape of a foundation, version and procedure, and write docs/dev/readiness.md (READINESS_WORKERS, READINESS_OUT, READINESS_FLAGS)
	$(GO) run ./test/readiness -workers $(READINESS_WORKERS) -out '$(READINESS_OUT)' $(READINESS_FLAGS)

LOAD_FOUNDATIONS ?= 1000
LOAD_WORKERS     ?= 4
LOAD_SECONDS     ?= 60
LOAD_FLAGS       ?=

# Lines for benchstat go to stdout: make -s load > load.txt
.PHONY: load
load: build bin/om-quick ## check a fleet of foundations as Concourse would, by turns with om (LOAD_FOUNDATIONS, LOAD_WORKERS, LOAD_SECONDS, LOAD_FLAGS)
	$(GO) build -trimpath -buildvcs=false -o .build/load ./test/load
	.build/load -foundations $(LOAD_FOUNDATIONS) -workers $(LOAD_WORKERS) -seconds $(LOAD_SECONDS) $(LOAD_FLAGS)

.PHONY: walk
walk: ## walk every situation of the state machine, deeper than the tests do (minutes)
	WALK=deep $(GO) test -count=1 -timeout 60m -v ./internal/rotation -ginkgo.v -ginkgo.focus 'every situation'

.PHONY: acceptance-files
acceptance-files: ## load every pipeline and task file with Concourse's own packages
	cd test/acceptance && $(GO) test -count=1 ./files/...

# The scenarios run without a network of this machine: whatever they need is built before.
RIG := .build/acceptance
SCENARIOS ?= --procs=4 --randomize-all --fail-on-pending --fail-on-empty --timeout=50m --flake-attempts=2
# In this order: what comes after a release takes the images that were released.
SUITES    ?= release scenarios

define run-acceptance
	cd test/acceptance && $(GO) build -o ../../$(RIG)/ ./cmd/rig github.com/onsi/ginkgo/v2/ginkgo
	cd test/acceptance && $(GO) test -c -o ../../$(RIG)/ $(SUITES:%=./%)
	cd test/acceptance && ../../$(RIG)/rig $(RIG_FLAGS) -- $(CURDIR)/$(RIG)/ginkgo run $(SCENARIOS) $(SUITES:%=$(CURDIR)/$(RIG)/%.test)
endef

.PHONY: acceptance
acceptance: image-archives bin/cyclonedx-gomod ## run the pipelines on a real Concourse, with the images as built (root; docs/dev/acceptance.md)
	$(run-acceptance)

.PHONY: acceptance-of-archives
acceptance-of-archives: bin/cyclonedx-gomod ## the same with images that were built before: .build/images, or where RIG_FLAGS say
	$(run-acceptance)

INSTANCES ?= 50

.PHONY: acceptance-fleet
acceptance-fleet: export INSTANCES := $(INSTANCES)
acceptance-fleet: SUITES := scenarios
acceptance-fleet: SCENARIOS := --label-filter=fleet-of-instances --fail-on-empty --timeout=60m
acceptance-fleet: acceptance ## rotate INSTANCES foundations at once, one pipeline each, and tell where the time goes (RIG_FLAGS=--own-intervals)

# How often a program is started, and how often a package's benchmark is run.
BENCH_RUNS  ?= 60
BENCH_COUNT ?= 6
BENCH_OUT   ?= .build/bench/bench.txt
BENCH_FLAGS ?=

.PHONY: bench
bench: build bin/om-quick ## measure the programs beside om and, without BENCH_FLAGS, the packages (BENCH_RUNS, BENCH_COUNT, BENCH_OUT, BENCH_FLAGS; docs/dev/performance.md)
	@mkdir -p .build/bench '$(dir $(BENCH_OUT))'
	$(GO_BUILD) -o .build/bench/ ./test/bench ./test/bench/launch ./test/bench/floor
	.build/bench/bench -bin bin -runs $(BENCH_RUNS) -out '$(BENCH_OUT)' $(BENCH_FLAGS)
	$(if $(BENCH_FLAGS),,$(GO) test -run '^$$' -bench . -count $(BENCH_COUNT) ./test/bench/inprocess ./internal/inventory >>'$(BENCH_OUT)')
	@echo "every run is a line of $(BENCH_OUT): go run golang.org/x/perf/cmd/benchstat@latest $(BENCH_OUT)"

.PHONY: benchmarks
benchmarks: ## run the packages' benchmarks once each, to see that they run
	$(GO) test -run '^$$' -bench . -benchtime 1x ./test/bench/inprocess ./internal/inventory

# One at a time: each has all processors. What one finds it leaves in testdata/fuzz,
# and from then on every test run tries it.
FUZZTIME ?= 30s
FUZZ     ?= .

.PHONY: fuzz
fuzz: ## fuzz every decoder and every input, each for FUZZTIME (FUZZ=pattern for some)
	@grep -HoE '^func Fuzz[A-Za-z0-9]+' $$(find internal -name '*_fuzz_test.go' | sort) | sed 's/:func / /' | grep -E '$(FUZZ)' | \
	while read -r file target; do \
		printf '\n=== %s %s\n' "$$(dirname "$$file")" "$$target"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "./$$(dirname "$$file")" </dev/null; \
	done

.PHONY: browser
browser: ## look at the report's page in headless Chromium, and at its print (chromium; BROWSER_PICTURES=folder keeps pictures)
	cd test/browser && $(GO) test -count=1 ./...

# Grafana's expressions become rules, so that promtool reads them as well.
.PHONY: alerts
alerts: ## check the alert rules and the dashboard's queries with promtool, and run the rules' tests (prometheus)
	promtool check rules docs/alerts/opsman-ca.yml
	promtool test rules docs/alerts/opsman-ca_test.yml
	@mkdir -p .build
	@sed -n 's/^ *"expr": "\(.*\)",*$$/\1/p' docs/grafana/opsman-ca.json | sed 's/\\"/"/g' | \
		awk 'BEGIN { print "groups:\n- name: dashboard\n  rules:" } { gsub(/\047/, "\047\047"); printf "  - {record: \"panel:%d\", expr: \047%s\047}\n", NR, $$0 }' >.build/dashboard.yml
	promtool check rules .build/dashboard.yml

DEMO_FLAGS ?=

.PHONY: demo
demo: build bin/om-quick ## rotate a simulated foundation from beginning to end (DEMO_FLAGS=-v for all that the programs say)
	bin/opsman-sim demo --bin bin $(DEMO_FLAGS)

.PHONY: safety-states
safety-states: ## write the states of docs/safety.md from the code
	UPDATE_SAFETY=1 $(GO) test -count=1 ./internal/rotation -ginkgo.focus 'docs/safety.md'

.PHONY: resource-tables
resource-tables: ## write the tables of source and params in docs/resource.md from the code
	UPDATE_TABLES=1 $(GO) test -count=1 ./internal/resource -ginkgo.focus "docs/resource.md's table"

##@ Check

.PHONY: lint
lint: bin/golangci-lint ## run golangci-lint
	for module in $(MODULES); do (cd $$module && $(CURDIR)/bin/golangci-lint run --config $(CURDIR)/.golangci.yml ./...); done

# Ends with 1 when there are some, and with 2 when the database cannot be reached.
VULNDB ?= https://vuln.go.dev

.PHONY: vuln
vuln: bin/govulncheck ## look for known vulnerabilities in what the programs call, om included (VULNDB=file:///FOLDER)
	@build/tools/vuln/check '$(VULNDB)'

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

# Built anew, so that what is in bin/ stays. Images are checked where make image-archives has written them.
.PHONY: release-check
release-check: BUILD_VERSION = $(VERSION)
release-check: ## check that VERSION may be released: CHANGELOG, checkout, tag, programs, and the images' labels if there are archives
	@$(GO_BUILD) -ldflags "$(LDFLAGS)" -o .build/release-check/ $(COMMANDS:%=./cmd/%)
	@$(GO) run ./build/release/check -version '$(VERSION)' -programs .build/release-check -archives .build/images

.PHONY: ci
ci: ## run everything that continuous integration runs
	bash .ci/run

##@ Images

# docs/images.md describes these. With CI=true nothing is pulled: local images stand in.
ARCH        ?= $(shell $(GO) env GOHOSTARCH)
IMAGE_TAG   ?= dev
GO_IMAGE    ?= $(shell sed -n 's/^ARG GO_IMAGE=//p' Dockerfile)
BASE_IMAGE  ?= $(shell sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)
IMAGE_NAMES := resource task sim
SEEDED      := $(if $(filter true,$(CI)),.build/containers/driver)

IMAGE_TARGETS := $(IMAGE_NAMES:%=image-%)
$(IMAGE_TARGETS) image-binaries image-archives image-sizes image-check: export ARCH := $(ARCH)
$(IMAGE_TARGETS) image-binaries image-archives image-sizes image-check: export IMAGE_TAG := $(IMAGE_TAG)
$(IMAGE_TARGETS) image-binaries image-check: export GO_IMAGE := $(GO_IMAGE)
$(IMAGE_TARGETS) image-binaries image-check: export BASE_IMAGE := $(BASE_IMAGE)
$(IMAGE_TARGETS) image-binaries image-check: export OM_VERSION := $(OM_VERSION)
$(IMAGE_TARGETS) image-binaries image-check: export BUILD_VERSION := $(or $(BUILD_VERSION),0.0.0-dev)
$(IMAGE_TARGETS) image-binaries image-check: export BUILD_COMMIT := $(BUILD_COMMIT)
$(IMAGE_TARGETS) image-binaries image-check: export BUILD_DATE := $(BUILD_DATE)

.PHONY: image
image: $(IMAGE_TARGETS) ## build all images with docker or buildah, tests included (CONTAINER_TOOL, ARCH, IMAGE_TAG, GO_IMAGE, BASE_IMAGE)

.PHONY: $(IMAGE_TARGETS)
image-resource: $(SEEDED) ## build the image of the resource type, opsman-ca/resource
	build/images/build resource

image-task: $(SEEDED) ## build the image of the tasks, opsman-ca/task
	build/images/build task

image-sim: $(SEEDED) ## build the image of the simulator, opsman-ca/sim
	build/images/build sim

.PHONY: image-binaries
image-binaries: $(SEEDED) ## build the images' binaries alone, for any ARCH
	build/images/build binaries

.PHONY: image-archives
image-archives: image ## build all images and write them to .build/images/*.tar
	build/images/archive $(IMAGE_NAMES)

.PHONY: image-sizes
image-sizes: image-archives ## print the compressed sizes of the images, and fail over 13, 40 and 12 MB
	@build/images/sizes resource:13 task:40 sim:12

.PHONY: image-check
image-check: image-archives ## check what the images hold, and that it runs
	@build/images/check $(IMAGE_NAMES)

.PHONY: seed-images
seed-images: ## make local stand-ins for the images that the Dockerfile builds on (buildah, busybox-static)
	build/images/seed '$(GO_IMAGE)' '$(BASE_IMAGE)'

.build/containers/driver:
	build/images/seed '$(GO_IMAGE)' '$(BASE_IMAGE)'

##@ Other

.PHONY: clean
clean: ## remove what was built
	build/images/unmount
	rm -rf bin .build

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z\/-]*:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
