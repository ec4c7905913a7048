# Three images: `--target resource` is the resource type, `--target task` the image
# of tasks, `--target sim` the simulator to rehearse with. docs/images.md tells how to
# build them, and on what base.

ARG GO_IMAGE=golang:1.26
# Any base with a shell, for fly hijack, and a /tmp that everyone may write to.
ARG BASE_IMAGE=busybox:stable-musl
# What om says of itself: the version that build/tools/om/go.mod pins.
ARG OM_VERSION=7.21.7

FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS om
ARG OM_VERSION
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src/build/tools/om
COPY build/tools/om/go.mod build/tools/om/go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.version=$OM_VERSION" -o /out/om github.com/pivotal-cf/om
COPY build/images/licenses /src/build/images/licenses
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    mkdir /notices && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH sh /src/build/images/licenses github.com/pivotal-cf/om >/notices/om

# This project's commands.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS commands
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
COPY cmd cmd
COPY internal internal
COPY build/images/licenses build/images/licenses
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    mkdir /notices && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH sh build/images/licenses ./cmd/check ./cmd/in ./cmd/out ./cmd/opsman-ca >/notices/opsman-ca
ARG BUILD_VERSION=0.0.0-dev
ARG BUILD_COMMIT
ARG BUILD_DATE
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    buildinfo=github.com/opsman-ca/opsman-ca/internal/buildinfo && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X $buildinfo.Version=$BUILD_VERSION -X $buildinfo.Commit=$BUILD_COMMIT -X $buildinfo.Date=$BUILD_DATE" \
    -o /out/ ./cmd/check ./cmd/in ./cmd/out ./cmd/opsman-ca && \
    mkdir -p /resource && mv /out/check /out/in /out/out /resource/

# The simulator is not among the binaries of production.
FROM commands AS simulator
ARG TARGETOS
ARG TARGETARCH
ARG BUILD_VERSION=0.0.0-dev
ARG BUILD_COMMIT
ARG BUILD_DATE
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    buildinfo=github.com/opsman-ca/opsman-ca/internal/buildinfo && mkdir /passed && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH sh build/images/licenses ./cmd/opsman-sim >/notices/opsman-sim && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X $buildinfo.Version=$BUILD_VERSION -X $buildinfo.Commit=$BUILD_COMMIT -X $buildinfo.Date=$BUILD_DATE" \
    -o /simulator/ ./cmd/opsman-sim

# All binaries of one platform and nothing else: a cross-build needs no base image
# of that platform, and no emulation.
FROM scratch AS binaries
COPY --from=om /out/ /
COPY --from=commands /out/ /resource/ /

# The folders of files that are copied with --chmod: BuildKit, from 0.21 on, gives those that it
# has to make the mode of the files, and without x only root gets in.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS folders
RUN mkdir -p /base/etc/ssl/certs /base/opt/opsman-ca /task/opt/opsman-ca/tasks /task/opt/opsman-ca/pipelines/vars

# Up to here nothing runs on the target's processor: these two can be built for any.
FROM ${BASE_IMAGE} AS base
COPY --from=folders /base/ /
COPY --from=commands --chmod=0644 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --chmod=0644 LICENSE /opt/opsman-ca/LICENSE
COPY --from=commands --chmod=0644 /notices/opsman-ca /opt/opsman-ca/NOTICES
ARG BUILD_VERSION=0.0.0-dev
ARG BUILD_COMMIT
ARG BUILD_DATE
LABEL org.opencontainers.image.source="https://github.com/opsman-ca/opsman-ca" \
      org.opencontainers.image.version="$BUILD_VERSION" \
      org.opencontainers.image.revision="$BUILD_COMMIT" \
      org.opencontainers.image.created="$BUILD_DATE" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM base AS resource-untested
LABEL org.opencontainers.image.title="opsman-ca resource" \
      org.opencontainers.image.description="Concourse resource type for the root CA of Ops Manager"
COPY --from=commands /resource/ /opt/resource/

FROM base AS task-untested
LABEL org.opencontainers.image.title="opsman-ca task" \
      org.opencontainers.image.description="Tasks that rotate the root CA of Ops Manager, with om"
COPY --from=folders /task/ /
COPY --from=om --chmod=0755 /out/om /usr/local/bin/
COPY --from=om --chmod=0644 /notices/om /opt/opsman-ca/NOTICES.om
COPY --from=commands --chmod=0755 /out/opsman-ca /usr/local/bin/
COPY --chmod=0644 tasks/*.yml /opt/opsman-ca/tasks/
COPY --chmod=0644 pipelines/*.yml /opt/opsman-ca/pipelines/
COPY --chmod=0644 pipelines/vars/*.yml /opt/opsman-ca/pipelines/vars/

FROM base AS sim-untested
LABEL org.opencontainers.image.title="opsman-ca sim" \
      org.opencontainers.image.description="A simulated Ops Manager to rehearse CA rotations with"
COPY --from=simulator --chmod=0644 /notices/opsman-sim /opt/opsman-ca/NOTICES
COPY --from=simulator --chmod=0755 /simulator/opsman-sim /usr/local/bin/
ENV OPSMAN_SIM_ADDR=0.0.0.0:8443
EXPOSE 8443
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/opsman-sim"]
CMD ["serve"]

# The compiled suites, and an om that polls every 200 ms: the same code, linked again.
FROM om AS om-quick
ARG OM_VERSION
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.version=$OM_VERSION -X main.applySleepDurationString=200ms" -o /quick/om github.com/pivotal-cf/om

FROM commands AS suites
ARG TARGETOS
ARG TARGETARCH
COPY test/integration test/integration
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    mkdir /suites /passed && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go test -c -trimpath -buildvcs=false -ldflags '-s -w' \
    -o /suites/ ./test/integration ./test/integration/inputs ./test/integration/secrets
COPY build/images/run-suites /suites/

# Each image runs the suites with its own binaries, as a user without rights. What an
# image does not have (the commands of the other one, the quick om) is lent to it.
FROM resource-untested AS resource-tests
COPY --from=suites /suites/ /suites/
COPY --from=om-quick /quick/om /suites/om
COPY --from=commands /out/opsman-ca /suites/bin/
COPY --from=suites /passed/ /passed/
USER 65534:65534
RUN sh /suites/run-suites /opt/resource/check /opt/resource/in /opt/resource/out /suites/bin/opsman-ca

# The published images are the untested ones once their suites have passed: the copied
# folder is empty, and makes the tests a part of every build.
FROM resource-untested AS resource
COPY --from=resource-tests /passed/ /

FROM task-untested AS task-tests
COPY --from=suites /suites/ /suites/
COPY --from=om-quick /quick/om /suites/om
COPY --from=commands /resource/ /suites/bin/
COPY --from=suites /passed/ /passed/
USER 65534:65534
RUN sh /suites/run-suites /suites/bin/check /suites/bin/in /suites/bin/out /usr/local/bin/opsman-ca

FROM task-untested AS task
COPY --from=task-tests /passed/ /

# The simulator's test is what it is for: a rotation of an imported foundation.
FROM sim-untested AS sim-tests
COPY --from=om-quick /quick/om /suites/om
COPY --from=commands /out/opsman-ca /suites/bin/
COPY internal/sim/imported/testdata/3.1 /suites/foundation
COPY --from=simulator /passed/ /passed/
RUN opsman-sim rehearse --import /suites/foundation --opsman-ca /suites/bin/opsman-ca -- --om /suites/om

FROM sim-untested AS sim
COPY --from=sim-tests /passed/ /
