noinst_LIBRARIES += lib/net/libnet.a
lib_net_libnet_a_SOURCES = \
	lib/net/address.c lib/net/address.h \
	lib/net/census.c lib/net/census.h \
	lib/net/http_call.c \
	lib/net/http_client.c lib/net/http_client.h \
	lib/net/http_connection.c lib/net/http_connection.h \
	lib/net/http_handler.h \
	lib/net/http_server.c lib/net/http_server.h \
	lib/net/limits.c lib/net/limits.h \
	lib/net/listener.c lib/net/listener.h \
	lib/net/loop.c lib/net/loop.h \
	lib/net/outbound.c lib/net/outbound.h \
	lib/net/redis.c lib/net/redis.h \
	lib/net/redis_call.c lib/net/redis_call.h \
	lib/net/redis_command.c lib/net/redis_command.h \
	lib/net/resp.c lib/net/resp.h \
	lib/net/stream.c lib/net/stream.h
