check_PROGRAMS += tests/unit/proxy/test_prefer
tests_unit_proxy_test_prefer_SOURCES = tests/unit/proxy/test_prefer.c
tests_unit_proxy_test_prefer_LDADD = proxy/libproxy.a lib/http/libhttp.a lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/proxy/test_share
tests_unit_proxy_test_share_SOURCES = tests/unit/proxy/test_share.c
tests_unit_proxy_test_share_LDADD = proxy/libproxy.a lib/base/libbase.a $(TEST_LIBS)
