# make            sets the machine up and renders scenes/relu.py (or: make SCENE=linear)
# make course     sets the machine up and builds the chapter in both themes into build/: clips,
#                 pages, all clips as one video, slides
# make test       sets the machine up, checks style and types, runs the tests
# make lint       style and types only
# make look       contact sheets of all clips, and what is amiss in them (or: make look CLIPS=linear)
# make golden     keeps each beat's last frame for the tests, and shows what changed
# make bench      what rendering costs, as tables; an hour on two quiet cores (or: make bench QUICK=1)
# make assets     trains the networks in assets/ again
# make lock       resolves pyproject.toml afresh and writes constraints.txt; with the oldest
#                 Python at hand, whose versions serve the newer ones too (PYTHON=/usr/bin/python3.11)
# make clean      removes .venv, media and caches

SCENE ?= relu
BIN := .venv/bin

# One thread each: the tests already run side by side, and the arrays are small.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: render course setup test lint look golden bench assets lock clean

render: setup
	@echo "Rendering scenes/$(SCENE).py"
	@$(BIN)/manim -qh --progress_bar none scenes/$(SCENE).py
	@echo "The video: $$(ls -t $(CURDIR)/media/videos/$(SCENE)/1080p60/*.mp4 | head -n 1)"

course: setup
	@$(BIN)/python -m publish
	@$(BIN)/python -m publish lecture --theme dark
	@$(BIN)/python -m publish lecture --theme light
	@$(BIN)/python -m publish slides
	@$(BIN)/python -m publish pages > /dev/null

setup:
	@tools/setup.sh

test: lint
	@tools/setup.sh browser
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

look: setup
	PYTHONPATH=tools $(BIN)/python -m look $(CLIPS)

golden: setup
	PYTHONPATH=tools $(BIN)/python -m look.golden $(CLIPS)

bench: setup
	@$(BIN)/python tests/benchmarks/bench.py $(if $(QUICK),--quick) $(if $(CLIPS),--clips $(CLIPS))

assets: setup
	$(BIN)/python -m model assets

lock:
	$(or $(PYTHON),python3.11) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --editable '.[dev]'
	build/lock/bin/python -m pip freeze --exclude-editable | sed 's/+[a-z0-9.]*$$//' > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean:
	rm -rf .venv media build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
