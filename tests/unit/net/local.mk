NET_TEST_LIBS = lib/net/libnet.a lib/http/libhttp.a lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += \
	tests/unit/net/test_address \
	tests/unit/net/test_http_server \
	tests/unit/net/test_listener \
	tests/unit/net/test_loop
tests_unit_net_test_address_SOURCES = tests/unit/net/test_address.c
tests_unit_net_test_address_LDADD = $(NET_TEST_LIBS)
tests_unit_net_test_http_server_SOURCES = tests/unit/net/test_http_server.c
tests_unit_net_test_http_server_LDADD = $(NET_TEST_LIBS)
tests_unit_net_test_listener_SOURCES = tests/unit/net/test_listener.c
tests_unit_net_test_listener_LDADD = $(NET_TEST_LIBS)
tests_unit_net_test_loop_SOURCES = tests/unit/net/test_loop.c
tests_unit_net_test_loop_LDADD = $(NET_TEST_LIBS)

check_PROGRAMS += tests/unit/net/test_redis
tests_unit_net_test_redis_SOURCES = tests/unit/net/test_redis.c
tests_unit_net_test_redis_LDADD = $(NET_TEST_LIBS)
