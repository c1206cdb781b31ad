noinst_LIBRARIES += lib/http/libhttp.a
lib_http_libhttp_a_SOURCES = \
	lib/http/authority.c lib/http/authority.h \
	lib/http/bytes.c lib/http/bytes.h \
	lib/http/chunked.c lib/http/chunked.h \
	lib/http/fault.c lib/http/fault.h lib/http/faults.def \
	lib/http/fields.c lib/http/fields.h lib/http/fields.def \
	lib/http/framing.c lib/http/framing.h \
	lib/http/head.c lib/http/head.h \
	lib/http/options.h lib/http/part.h \
	lib/http/media_type.c lib/http/media_type.h \
	lib/http/parameter_name.c lib/http/parameter_name.h \
	lib/http/parameters.c lib/http/parameters.h \
	lib/http/reader.h lib/http/start_line.c \
	lib/http/request.c lib/http/request.h \
	lib/http/status.c \
	lib/http/target.c lib/http/target.h \
	lib/http/unicode.c lib/http/unicode.h lib/http/unicode.def \
	lib/http/write.c lib/http/write.h
EXTRA_DIST += tools/unicode-refused
