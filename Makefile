# The few words people type. What they do is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test lint fmt openapi bench bench-lists people storm soak crash chaos contract-check crawl drill rehearse convergence fuzz load-check ledger-check tariff-check audit sbom clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: ## build everything and start the demo: console, simulated piles, printed log-in (ARGS="--listen 0.0.0.0:8080")
	@scripts/run.sh $(ARGS)

test: ## provide what the tests need, then run all of them (STAGES="format rust" for some of them)
	@scripts/test.sh $(STAGES)

lint: ## formatting, clippy, cargo deny, the console's lint and types
	@scripts/test.sh format clippy deny web-install web-lint web-types

fmt: ## format the Rust sources
	@cargo fmt --all

openapi: ## write openapi.json and the console's types after a change of the API
	@scripts/openapi.sh

bench: ## durable messages per second beside their floor, on SQLite and PostgreSQL (minutes)
	@scripts/bench.sh $(ARGS)

bench-lists: ## lists, totals and the home page at ten million orders, on SQLite and PostgreSQL (ARGS="--orders 1000000 --days 73")
	@scripts/bench-lists.sh $(ARGS)

people: ## 300 people sign in at once and work while 10 000 piles do (ARGS="--people 300 --minutes 3 --database postgres")
	@scripts/load.sh people $(ARGS)

storm: ## 10 000 piles come back at once with five queued messages each; count who was served and what was lost (ARGS="--piles 10000")
	@scripts/load.sh storm $(ARGS)

soak: ## two hours of an ordinary day: memory, files and latency stay where they are (ARGS="--minutes 120 --piles 2000 --rate 200")
	@scripts/load.sh soak $(ARGS)

crash: ## kill the server 50 times under load on each database, lose the answers of 1 000 commits, trace what a power cut takes; count what was lost
	@scripts/crash.sh $(ARGS)

chaos: ## break what the server stands on while piles charge: process, network, disk, files, clock, database (SEED=1 ROUNDS=3)
	@scripts/chaos.sh

contract-check: ## hold the contract against the demo with a tool that is not ours: every operation, right and wrong (SEED=1 EXAMPLES=30)
	@cargo build --quiet -p pileops-server && \
		e2e/run.sh schema --seed $(or $(SEED),1) --examples $(or $(EXAMPLES),30) --phases coverage,fuzzing

crawl: ## a scanner that is not ours (Wapiti) crawls the demo and attacks its API (ARGS="--minutes 30")
	@cargo build --quiet -p pileops-server && e2e/run.sh crawl $(ARGS)

drill: ## lose a server under load, restore it from its backup, measure what was lost and how long it took (ARGS="--piles 50")
	@cargo build --quiet -p pileops-server -p pileops-sim && crash/drill.sh $(ARGS)

rehearse: ## an upgrade from an older version with the demo's data, and the way back, on both databases (ARGS="--rev v0.1" or "--old FILE")
	@cargo build --quiet -p pileops-server && scripts/with-postgres.sh scripts/rehearse.sh $(ARGS)

convergence: ## a thousand sessions of each protocol in disorder end in the same orders (SESSIONS=1000 SEEDS=10)
	@scripts/convergence.sh

fuzz: ## feed both wire decoders with noise (SECONDS_EACH=60)
	@scripts/fuzz.sh

load-check: ## play thousands of hours of stations that share power and check every second that no cap is exceeded (ARGS="--hours 5000 --seed 7")
	@cargo run --release --quiet --package pileops-sim -- yard $(ARGS)

ledger-check: ## the books under a seeded crowd, on both databases, added up after every round (ROUNDS=16 STEPS=1000 TASKS=64 for a million; SEED=7)
	@LEDGER_ROUNDS=$(or $(ROUNDS),40) LEDGER_STEPS=$(or $(STEPS),60) LEDGER_TASKS=$(or $(TASKS),16) LEDGER_SEED=$(or $(SEED),7) PILEOPS_PG_FAST=1 \
		scripts/with-postgres.sh cargo test --quiet --package pileops-engine --test it ledger

tariff-check: ## 100 000 random sessions billed a second time with Python's decimal, to the fen (CASES=100000 SEED=1)
	@scripts/tariff-check.sh $(or $(CASES),100000) $(or $(SEED),1)

audit: ## known vulnerabilities in what we depend on (needs the public advisory database)
	@scripts/test.sh audit

sbom: ## what the executable and its pages are made of, with licences, as CycloneDX in target/sbom
	@scripts/sbom.sh

clean: ## remove what was built; data folders are left alone
	@scripts/clean.sh
