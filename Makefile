# What people do with this repository. `make` lists it.

.DEFAULT_GOAL := help
SHELL := bash

.PHONY: help
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the server with the embedded store
	go run ./server

.PHONY: neo4j
neo4j: ## Run the server on Neo4j, both in Docker
	docker compose up --build

.PHONY: build
build: ## Build bin/bordergraph, a static binary
	CGO_ENABLED=0 go build -trimpath -o bin/bordergraph ./server

.PHONY: test
test: ## Run all tests; those on Neo4j need Java 17 and Maven, or NEO4J_URI
	go test ./...

.PHONY: bench
bench: ## Compare with hand-written Cypher on Neo4j, in requests per second; takes five minutes
	go test ./bench -run '^$$' -bench HandWritten -benchtime 1x -timeout 30m

.PHONY: peer
peer: bench/peer/node_modules ## Compare with @neo4j/graphql on Neo4j, reads and writes; needs Node.js 20; takes twenty minutes
	go test ./bench -run '^$$' -bench Peer -benchtime 1x -timeout 60m

bench/peer/node_modules: bench/peer/package-lock.json
	npm ci --prefix bench/peer --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: chaos
chaos: ## Kill and halt the server, Neo4j and the disk under writers, and put the figures into docs/reliability.md; takes twenty minutes
	go test ./chaos -count=1 -v -timeout 90m -args -cycles 20 -figures $(CURDIR)/docs/reliability.md

.PHONY: generate
generate: ## Write anew what is generated: gqlgen's code and api.graphqls
	go generate ./...
	go test ./graph -update

.PHONY: lint
lint: tools ## Look for mistakes in Go and in the API's schema
	gofmt -l $$(git ls-files '*.go')
	go vet ./...
	go tool staticcheck ./...
	tools/npm/node_modules/.bin/eslint --config tools/npm/eslint.config.js --max-warnings 0 api.graphqls

.PHONY: tools
tools: tools/npm/node_modules tools/python/venv ## Install the judges in Node.js and Python that tests and lint use

tools/npm/node_modules: tools/npm/package-lock.json
	npm ci --prefix tools/npm --no-audit --no-fund --loglevel=error
	@touch $@

tools/python/venv: tools/python/requirements.txt
	python3 -m venv --clear $@
	$@/bin/pip install --quiet --require-hashes --only-binary :all: -r tools/python/requirements.txt
	@touch $@

.PHONY: ci
ci: ## Run everything that must pass before a change lands
	.ci/run

GRAPHIQL := server/graphiql/assets

.PHONY: graphiql
graphiql: ## Copy GraphiQL and React anew from the npm registry
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && cd "$$scratch" && \
	for package in graphiql@4.1.2 react@18.2.0 react-dom@18.2.0; do \
	  mkdir "$$package" && npm pack --silent "$$package" | xargs tar -C "$$package" --strip-components=1 -xzf || exit; \
	done && cd $(CURDIR) && \
	cp "$$scratch"/graphiql@4.1.2/graphiql.min.js $(GRAPHIQL)/graphiql-4.1.2.min.js && \
	cp "$$scratch"/graphiql@4.1.2/graphiql.min.css $(GRAPHIQL)/graphiql-4.1.2.min.css && \
	cp "$$scratch"/react@18.2.0/umd/react.production.min.js $(GRAPHIQL)/react-18.2.0.min.js && \
	cp "$$scratch"/react-dom@18.2.0/umd/react-dom.production.min.js $(GRAPHIQL)/react-dom-18.2.0.min.js
