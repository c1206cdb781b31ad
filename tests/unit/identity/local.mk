check_PROGRAMS += tests/unit/identity/test_identity
tests_unit_identity_test_identity_SOURCES = tests/unit/identity/test_identity.c
tests_unit_identity_test_identity_LDADD = identity/libidentity.a lib/http/libhttp.a \
	lib/base/libbase.a $(TEST_LIBS)
