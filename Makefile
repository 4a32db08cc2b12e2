# The everyday commands. Each target is one line long: the work is in scripts/, which can be run by hand too.

SHELL := /bin/bash
RELEASE_FLAGS := -c release --scratch-path .build/release-unchecked -Xswiftc -enforce-exclusivity=unchecked

.PHONY: help setup build release run test core-test interop bench fuzz lint check coverage clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Install the system packages that building and testing need
	@scripts/setup

build: setup ## Build everything for debugging
	swift build --product martlet

release: setup ## Build the switch as it is deployed and measured
	swift build $(RELEASE_FLAGS) --product martlet
	@echo "built $$(swift build $(RELEASE_FLAGS) --show-bin-path)/martlet"

run: build ## Build, then run the demonstration
	"$$(swift build --show-bin-path)/martlet" demo

test: setup ## Run every test
	@scripts/test

core-test: ## Run the tests of the pure core only: the inner loop
	swift test --package-path Core

interop: build ## Run the switch against sipp, baresip and hostile peers
	@python3 Tests/Interop/run.py --martlet "$$(swift build --show-bin-path)/martlet"

bench: ## Measure cost, capacity and memory (ARGS="--full" for the long form)
	@scripts/setup --bench
	@$(MAKE) --no-print-directory release
	@Benchmarks/run $(ARGS)

fuzz: ## Fuzz every parser and machine (SECONDS_EACH=60)
	@scripts/fuzz

lint: ## Check the format of sources and scripts
	@scripts/lint

check: ## Lint, and the laws of the architecture
	@scripts/check

coverage: ## Write Documentation/RFC-COVERAGE.md
	@scripts/rfc-coverage

clean: ## Remove everything built, and the demonstration's data
	rm -rf .build Core/.build Fuzz/.build Examples/.build Benchmarks/Micro/.build bench-out var
