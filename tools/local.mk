check_SCRIPTS += tools/check-rooms tools/check-sizes
EXTRA_DIST += tools/check-rooms tools/check-sizes
