# Two commands do everything on a machine with Go, Python 3 and their package
# indexes in reach:
#
#   make demo    build datum and show what it does
#   make test    all tests, the comparisons with the real Datumaro included
#
# make bench measures datum beside Datumaro and others; it takes well over an hour.

GO     ?= go
PYTHON ?= python3

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@latest

# The packages that start goroutines, or that others share between goroutines.
RACE := . ./crypto/... ./dataset/... ./detect/... ./files/... ./formats/... ./internal/workers/... ./internal/atomicdir/... ./internal/resume/... ./models/ctr/serve/... ./train/...

# A number of runs, not a time: with a time, "go test -fuzz" sometimes fails for
# no other reason than that the time is over.
FUZZTIME ?= 2000x

.PHONY: cloud test-cloud demo test bench bench-check build peers fmt lint race fuzz corpus vulncheck clean contrib contrib-beam contrib-ray

demo: build
	@$(GO) run ./internal/demo bin/datum testdata/coco/sample

# The tag purego leaves assembly out, ours and that of the standard library.
# Without DATUM_PEERS the comparisons are skipped; "make test" never is.
test:
	@peers="$$($(PYTHON) internal/peertest/python/prepare.py)" && \
	  DATUM_PEERS="$$peers" $(GO) test -timeout 20m ./... && \
	  $(GO) test -tags purego ./crypto/...

# Goes on where it was interrupted; see docs/performance.md.
bench:
	cd bench && $(GO) run . -update $(BENCH)

# Sees that everything measured still runs, on a few pictures.
bench-check:
	cd bench && $(GO) mod tidy -diff && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...
	@peers="$$($(PYTHON) internal/peertest/python/prepare.py)" && cd bench && DATUM_PEERS="$$peers" $(GO) test ./...

# With cgo where there is a C compiler, which only OpenVINO needs: without one Go
# builds a program that says so when it is to run a model, and does everything
# else. The tags keep the C library from resolving names of hosts and users.
build:
	$(GO) build -trimpath -tags netgo,osusergo -o bin/datum ./cmd/datum

# The program that opens URLs of object storage, a module of its own.
cloud:
	cd contrib/cloud && CGO_ENABLED=0 $(GO) build -trimpath -o ../../bin/datum-cloud ./cmd/datum-cloud

# Its tests, against an S3 server that is built once, into the cache folder. With
# DATUM_CLOUD_SERVER=required they fail where a server cannot be had.
test-cloud:
	cd contrib/cloud && $(GO) vet ./... && $(GO) test -timeout 9m ./... && $(GO) test -run '^$$' -fuzz '^FuzzParse$$' -fuzztime $(FUZZTIME) .

# Prepares the peers only and prints where they are.
peers:
	@$(PYTHON) internal/peertest/python/prepare.py

fmt:
	gofmt -w .

lint:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags purego ./crypto/...
	GOARCH=arm64 $(GO) vet ./crypto/...
	$(GO) run $(STATICCHECK) ./...
	CGO_ENABLED=0 $(GO) vet ./...
	CGO_ENABLED=0 $(GO) run $(STATICCHECK) ./openvino/...

race:
	$(GO) test -race $(RACE)
	@peers="$$($(PYTHON) internal/peertest/python/prepare.py)" && DATUM_PEERS="$$peers" $(GO) test -race -run 'SameTime|Asynchronous|Cancelled|Busy|Leaks' ./openvino

# Every fuzz target for FUZZTIME, from what earlier runs have found. The tests of a
# package are built once for all of its targets, which takes longer than a target runs.
fuzz:
	$(GO) run ./internal/fuzzcorpus unpack
	@set -e; built="$$(mktemp -d)"; trap 'rm -rf "$$built"' EXIT; found="$$($(GO) env GOCACHE)/fuzz"; \
	  for dir in $$(grep -rl --include='*_test.go' '^func Fuzz' . | grep -v -e '^./contrib/' -e '^./bench/' | xargs -n 1 dirname | sort -u); do \
	    package="$$($(GO) list $$dir)"; \
	    $(GO) test -c -fuzz . -o "$$built/test" $$dir; \
	    for target in $$("$$built/test" -test.list '^Fuzz' | grep '^Fuzz'); do \
	      echo "$$package $$target"; \
	      (cd $$dir && "$$built/test" -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime 1s -test.fuzzcachedir "$$found/$$package"); \
	    done; \
	  done

# After a long run of "make fuzz": keep what it found.
corpus:
	$(GO) run ./internal/fuzzcorpus pack

# What uses datum on clusters, see docs/scale.md. Neither is part of "make test":
# one compiles 300 modules, the other installs 300 MB, once.
contrib: contrib-beam contrib-ray

contrib-beam:
	cd contrib/beam && $(GO) mod tidy -diff && $(GO) vet ./... && $(GO) test ./...

contrib-ray: build
	@ray="$$($(PYTHON) contrib/ray/prepare.py)" && "$$ray/bin/python" contrib/ray/test_convert.py bin/datum testdata/coco/sample

# Needs a network: the database of vulnerabilities is on no package index.
vulncheck:
	$(GO) run $(GOVULNCHECK) ./...

clean:
	rm -rf bin
