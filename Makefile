# Everything one does with this project. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

STAMPS := target/stamps
SDK_SOURCES := $(shell find sdk/src sdk/example web/src/protocol web/src/rtc web/src/room -type f 2>/dev/null) \
	sdk/package.json sdk/README.md sdk/tsconfig.json sdk/vite.config.ts
WEB_SOURCES := $(shell find web/src web/public web/messages web/licenses web/project.inlang -type f -not -path '*/compiled/*' 2>/dev/null) \
	web/index.html web/vite.config.ts web/vite.languages.ts web/vite.licenses.ts web/svelte.config.js web/tsconfig.json

# What tests drive. One of the tests is named beside it: then cargo gives the libraries below the features that all the
# tests need, and `cargo test` finds them built. Without it a third of them is built twice.
PROGRAMS := --workspace --bin visavis --bin visavis-bots --test architecture

# ---------------------------------------------------------------- using it

.PHONY: run
run: web ## Build and start the server with something to try out; prints the links
	cargo build --release --quiet --bin visavis
	@exec target/release/visavis serve --demo $(ARGS)

.PHONY: dev
dev: web ## Server on the dev profile, and the web client with instant reload on :5173
	cargo build --bin visavis
	@target/debug/visavis serve --demo $(ARGS) & server=$$!; trap "kill $$server" EXIT; cd web && npm run dev

# ---------------------------------------------------------------- checking it

.PHONY: test
test: check unit interface e2e ## Everything: what CI runs
	@echo "== all of it passed"

.PHONY: check
check: $(STAMPS)/web $(STAMPS)/e2e $(STAMPS)/sdk web ## Format, lints, types, generated code
	@echo "== format, lints, types"
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --log-level error check bans licenses sources; fi
	cd web && npm run --silent lint && npm run --silent check
	cd sdk && npm run --silent lint && npm run --silent check
	cd e2e && npm run --silent check

.PHONY: unit
unit: $(STAMPS)/web $(STAMPS)/sdk web databases ## Tests of machines, adapters, the wire and the web client's logic
	@echo "== unit, contract and wire tests"
	cargo build $(PROGRAMS) --quiet
	cargo test --workspace --quiet
	cd web && npm run --silent test
	cd sdk && npm run --silent test

.PHONY: interface
interface: web tools ## The HTTP interface against its own OpenAPI document; EXAMPLES=50 asks for more
	@echo "== the interface and its document"
	cargo build $(PROGRAMS) --quiet
	scripts/interface/run.py target/debug/visavis target/tools/bin/schemathesis $(EXAMPLES)

.PHONY: cluster-test
cluster-test: web databases ## Three instances behind HAProxy, faults injected: CHAOS=600 seconds of them, SEED=…
	@echo "== many instances as one"
	cargo build $(PROGRAMS) --quiet
	VISAVIS_CHAOS_SECONDS=$(or $(CHAOS),600) VISAVIS_CHAOS_SEED=$(SEED) \
		cargo test --workspace --test cluster -- --nocapture --test-threads 1

.PHONY: e2e
e2e: $(STAMPS)/e2e $(STAMPS)/sdk web browsers databases ## Real browsers against the real binary; RUNS=20 repeats the calls
	@echo "== real browsers"
	cargo build $(PROGRAMS) --quiet
	cd e2e && npm run --silent test

.PHONY: e2e-instances
e2e-instances: $(STAMPS)/e2e $(STAMPS)/sdk web browsers databases ## All of that with each person at another instance
	@echo "== real browsers, each at another instance"
	cargo build $(PROGRAMS) --quiet
	cd e2e && npm run --silent test:instances

.PHONY: screenshots
screenshots: $(STAMPS)/e2e $(STAMPS)/sdk web browsers ## Pictures of every screen in e2e/results
	cargo build $(PROGRAMS) --quiet
	cd e2e && npm run --silent screenshots

.PHONY: bench
bench: $(STAMPS)/e2e web browsers ## Figures, and how they compare with the last ones
	cargo build --release --quiet --workspace
	target/release/visavis-bots bench --server target/release/visavis
	target/release/visavis-bots load room-20x20 --server target/release/visavis
	target/release/visavis-bots load one-to-300 --server target/release/visavis
	@cd e2e && VISAVIS_BINARY=$(CURDIR)/target/release/visavis ROUNDS=11 npx vitest run join-time 2>&1 | grep 'first picture, median'

.PHONY: load
load: web ## Many people: make load S=room-20x20; S=help lists the scenarios
	cargo build --release --quiet --workspace
	target/release/visavis-bots load $(if $(filter help,$(S)),--help,$(or $(S),room-20x20) --server target/release/visavis $(ARGS))

.PHONY: fix
fix: $(STAMPS)/web $(STAMPS)/sdk $(STAMPS)/e2e ## Format, and mend what lints can mend
	cargo fmt --all
	cargo clippy --workspace --all-targets --fix --allow-dirty --allow-staged --quiet
	cd web && npm run --silent format
	cd sdk && npm run --silent format
	cd e2e && npm run --silent format

.PHONY: gen
gen: $(STAMPS)/web ## Generate the TypeScript of the wire from Rust
	cargo run --quiet -p visavis-protocol --example generate

# ---------------------------------------------------------------- parts

.PHONY: web
web: web/dist/index.html

web/dist/index.html: $(STAMPS)/web $(WEB_SOURCES)
	cd web && npm run --silent build -- --logLevel warn

.PHONY: sdk
sdk: $(STAMPS)/sdk-package ## The package for pages of others, sdk/visavis-client-*.tgz

$(STAMPS)/sdk-package: $(STAMPS)/sdk $(SDK_SOURCES)
	cd sdk && rm -f *.tgz && npm pack --silent
	@touch $@

$(STAMPS)/%: %/package-lock.json
	cd $* && npm ci --silent --no-audit --no-fund
	@mkdir -p $(STAMPS) && touch $@

.PHONY: tools
tools: # Schemathesis, from PyPI, in an environment of its own
	@scripts/test-tools interface

.PHONY: browsers
browsers: # Chromium, Firefox ESR, a TURN client and aiortc, from Debian's packages
	@scripts/test-tools browsers

.PHONY: databases
databases: # PostgreSQL, Redis and HAProxy, from Debian's packages
	@scripts/test-tools databases || { [ -z "$${CI:-}$${REQUIRE_POSTGRES:-}$${REQUIRE_REDIS:-}" ] && echo "-- tests of what is missing are skipped"; }

.PHONY: help
help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1|/' | column -t -s '|'
