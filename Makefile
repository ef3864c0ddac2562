# make demo | test | lint | gallery | bench
# Everything runs in an environment of its own, .venv; PYTHON chooses the interpreter it is made with.

PYTHON ?= python3
BIN := .venv/bin
TEX_PACKAGES := texlive-latex-base texlive-latex-extra texlive-pictures texlive-xetex texlive-luatex \
  texlive-lang-french texlive-lang-german
TEX_PROGRAMS := pdflatex xelatex lualatex
APT := $(if $(filter 0,$(shell id -u)),,sudo -n )apt-get

.PHONY: demo test lint gallery bench tex clean

demo: $(BIN)/penrose
	$(BIN)/penrose build examples/svd.pen --png
	@echo "open examples/svd.png"

test: $(BIN)/pytest tex
	$(BIN)/pytest -n auto $(ARGS)

lint: $(BIN)/pytest
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

gallery: $(BIN)/pytest
	$(BIN)/python tests/gallery.py

bench: $(BIN)/pytest .venv/peers
	$(BIN)/python tests/bench.py

# TeX is installed where it is missing; without the right to do that, the line to run is printed.
tex:
	@for program in $(TEX_PROGRAMS); do command -v $$program >/dev/null || missing=1; done; \
	kpsewhich tikz.sty beamer.cls frenchb.ldf ngermanb.ldf >/dev/null 2>&1 || missing=1; \
	if [ -n "$$missing" ]; then \
	  echo "installing TeX: $(APT) install $(TEX_PACKAGES)"; \
	  { $(APT) update -q && DEBIAN_FRONTEND=noninteractive $(APT) install -yq --no-install-recommends $(TEX_PACKAGES); } \
	  || { echo "The tests need TeX. Install it, then run make test again:"; \
	       echo "  sudo apt-get install --no-install-recommends $(TEX_PACKAGES)"; exit 1; }; \
	fi

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(BIN)/penrose: $(BIN)/python pyproject.toml
	$(BIN)/pip install -q '.[preview]'

$(BIN)/pytest: $(BIN)/python pyproject.toml
	$(BIN)/pip install -q --upgrade 'pip>=25.1'
	$(BIN)/pip install -q -e '.[preview]' --group dev
	@touch $@

# What the bench compares with, once.
.venv/peers: $(BIN)/python
	$(BIN)/pip install -q sympy discopy quimb matplotlib
	@touch $@

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
