check_SCRIPTS += tools/check-rooms tools/check-sizes
EXTRA_DIST += tools/check-rooms tools/check-sizes tools/fuzz tools/mutate tests/tables/wire

# Long runs: random tests at SCALE times their size with SEED, then the flows, then the checks
# taken out one by one.
SCALE = 100
SEED = 1
soak: all $(check_PROGRAMS)
	CHECK_SCALE=$(SCALE) CHECK_SEED=$(SEED) srcdir=$(srcdir) \
		tests/unit/rules/test_agreement
	CHECK_SCALE=$(SCALE) CHECK_SEED=$(SEED) srcdir=$(srcdir) tests/unit/audit/test_verify
	CHECK_SCALE=$(SCALE) CHECK_SEED=$(SEED) srcdir=$(srcdir) tests/unit/audit/test_recover
	COUNTERSIGN_PROGRAM=$(abs_builddir)/countersign$(EXEEXT) COUNTERSIGN_BODY_MIB=512 \
		COUNTERSIGN_SCALE=$(SCALE) COUNTERSIGN_SEED=$(SEED) \
		/usr/bin/python3 -m pytest -q -p no:cacheprovider $(srcdir)/tests/flows
	$(srcdir)/tools/mutate
	FUZZ_SEED=$(SEED) $(srcdir)/tools/fuzz $(abs_builddir)/fuzz $$(( $(SCALE) * 18 ))

.PHONY: soak
