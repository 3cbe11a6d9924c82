# Thin: the work is in workshop/ (how the house is kept) and demo/ (what it shows).
PYTHON ?= python3
DATA ?= data
HOST ?= 127.0.0.1
PORT ?= 8765
ARGS ?=

.PHONY: help setup demo test check format run film bases bench soak lock wheel

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup: ## install all that running and testing needs, into this folder
	@$(PYTHON) -m workshop.setup

demo: setup ## fine-tune the faces base on the demo archive, and show it in the browser (DEMO_STEPS=150)
	@.venv/bin/python -m demo

test: setup ## every check and every test, in one summary (ARGS="tests/store -k claim")
	@.venv/bin/python -m workshop.test $(ARGS)

check: setup ## format, lint, types, imports, lock
	@.venv/bin/python -m workshop.check

format: setup ## lay out the code and mend what the linter can mend
	@.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

run: setup ## the service, on a data folder that stays (DATA=data HOST=127.0.0.1 PORT=8765)
	@.venv/bin/reverie up --data $(DATA) --host $(HOST) --port $(PORT)

film: setup ## the demo at length, and the strip of pictures for the README
	@.venv/bin/python -m demo film

bases: setup ## draw the pictures of the bundled bases and train these; goes on where it was broken off
	@.venv/bin/python -m demo.making train faces
	@.venv/bin/python -m demo.making train objects

bench: setup ## measure, and add the tables to bench/RESULTS.md: minutes (ARGS=learning: an hour)
	@.venv/bin/python -m bench --keep $(ARGS)

soak: setup ## the fault tests, again and again (ROUNDS=20)
	@.venv/bin/python -m workshop.soak

lock: ## pin what is installed now
	@.venv/bin/python -m workshop.lock

wheel: setup ## build the wheel, page and bases inside
	@.venv/bin/python -m hatchling build --target wheel
