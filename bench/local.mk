# `make bench`: Countersign beside nginx and HAProxy.  BENCH_ROUNDS, BENCH_SECONDS,
# BENCH_ROWS, BENCH_DIR and BENCH_FULL come from the environment: docs/performance.md.
BENCH_TOOLS = bench/floor bench/upstream bench/load

EXTRA_PROGRAMS = $(BENCH_TOOLS)
CLEANFILES += $(BENCH_TOOLS)

bench_floor_SOURCES = \
	bench/floor.c \
	bench/wire.c bench/wire.h
bench_upstream_SOURCES = \
	bench/upstream.c \
	bench/wire.c bench/wire.h
bench_load_SOURCES = \
	bench/load.c \
	bench/answer.c bench/answer.h \
	bench/latency.h \
	bench/wire.c bench/wire.h

EXTRA_DIST += \
	bench/run \
	bench/budget \
	bench/countersign.py \
	bench/peers.py \
	bench/processes.py \
	bench/report.py \
	bench/rows.py

# The name is also a directory's.
.PHONY: bench
bench: countersign$(EXEEXT) $(BENCH_TOOLS)
	$(srcdir)/bench/run --program $(builddir)/countersign$(EXEEXT) \
		--tools $(builddir)/bench
