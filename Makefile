# Everything a user or CI needs: `make run`, `make test`; the rest is for people who work on it.
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
LAUNCHER := $(shell command -v ccache >/dev/null 2>&1 && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  */  make \1\t/p' $(MAKEFILE_LIST)

run: release  ## build and run the founding example with a demo backend (DEMO=1: make both connections and end)
	tools/demo build/release/shunt

release: deps-build
	cmake --preset release $(LAUNCHER) >/dev/null
	cmake --build build/release -j $(JOBS)

test: deps-build deps-test  ## build with sanitizers and run all the short tests
	cmake --preset asan $(LAUNCHER) >/dev/null
	cmake --build build/asan -j $(JOBS)
	ctest --test-dir build/asan --output-on-failure -j $(JOBS)

test-long: deps-build deps-test deps-long  ## the long runs: thread sanitizer, fuzzers, clang-tidy, every byte cut
	tools/test-long

bench: deps-build deps-bench  ## Google Benchmarks, then ../shared/bench where it is present
	cmake --preset bench $(LAUNCHER) >/dev/null
	cmake --build build/bench -j $(JOBS)
	tools/bench build/bench

install: release  ## install the program (DESTDIR and PREFIX are honoured)
	cmake --install build/release --prefix $(DESTDIR)$(or $(PREFIX),/usr/local)

format:  ## clang-format over all sources
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

deps-%:
	@tools/install-deps $*

.PHONY: help run release test test-long bench install format
