# Each target calls a preset of CMakePresets.json or a script of tools/; nothing is decided here.
.PHONY: build run test golden e2e bench asan tsan fmt check-fmt clean
cmake = tools/build.sh

build: ; tools/install.sh build && $(cmake) dev
run: ; tools/run.sh $(ARGS)
test: ; tools/install.sh build test $(if $(CI)$(filter cluster,$(RINGS)),cluster) && /usr/bin/python3 tools/test.py $(RINGS)
golden: ; $(cmake) dev golden_test && NUNCIO_UPDATE_GOLDEN=1 build/dev/tests/golden_test
e2e: ; $(cmake) dev && /usr/bin/python3 tools/test.py e2e answers no-loss
bench: ; tools/bench.sh $(ARGS)
asan: ; $(cmake) asan && /usr/bin/python3 tools/test.py asan
tsan: ; $(cmake) tsan && /usr/bin/python3 tools/test.py tsan
fmt: ; tools/install.sh fmt && tools/fmt.sh
check-fmt: ; tools/install.sh fmt && tools/fmt.sh --check
clean: ; rm -rf build
