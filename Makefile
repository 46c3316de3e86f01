# Two commands do everything on a machine with Go, Python 3 and their package
# indexes in reach:
#
#   make demo    build datum and show what it does
#   make test    all tests, the comparisons with the real Datumaro included

GO     ?= go
PYTHON ?= python3

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@latest

# The packages that start goroutines, or that others share between goroutines.
RACE := . ./crypto/... ./dataset/... ./detect/... ./files/... ./formats/... ./internal/workers/... ./internal/atomicdir/... ./internal/resume/...

# A number of runs, not a time: with a time, "go test -fuzz" sometimes fails for
# no other reason than that the time is over.
FUZZTIME ?= 2000x

.PHONY: demo test build peers fmt lint race fuzz corpus vulncheck clean

demo: build
	@$(GO) run ./internal/demo bin/datum testdata/coco/sample

# Without DATUM_PEERS the comparisons are skipped; "make test" never is.
test:
	@peers="$$($(PYTHON) internal/peertest/python/prepare.py)" && \
	  DATUM_PEERS="$$peers" $(GO) test -timeout 20m ./...

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/datum ./cmd/datum

# Prepares the peers only and prints where they are.
peers:
	@$(PYTHON) internal/peertest/python/prepare.py

fmt:
	gofmt -w .

lint:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

race:
	$(GO) test -race $(RACE)

# Every fuzz target for FUZZTIME, from what earlier runs have found.
fuzz:
	$(GO) run ./internal/fuzzcorpus unpack
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$package; \
	  done; \
	done

# After a long run of "make fuzz": keep what it found.
corpus:
	$(GO) run ./internal/fuzzcorpus pack

# Needs a network: the database of vulnerabilities is on no package index.
vulncheck:
	$(GO) run $(GOVULNCHECK) ./...

clean:
	rm -rf bin
