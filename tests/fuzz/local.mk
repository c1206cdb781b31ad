# The targets of the fuzzer, linked with a main that replays their corpus.
check_PROGRAMS += tests/fuzz/http_head
tests_fuzz_http_head_SOURCES = tests/fuzz/http_head.c tests/fuzz/run_corpus.c
tests_fuzz_http_head_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/http_chunked
tests_fuzz_http_chunked_SOURCES = tests/fuzz/http_chunked.c tests/fuzz/run_corpus.c
tests_fuzz_http_chunked_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/http_request
tests_fuzz_http_request_SOURCES = tests/fuzz/http_request.c tests/fuzz/run_corpus.c \
	tests/unit/http/again.c tests/unit/http/again.h
tests_fuzz_http_request_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

EXTRA_DIST += tests/fuzz/http.dict \
	tests/fuzz/corpus/http_chunked \
	tests/fuzz/corpus/http_head \
	tests/fuzz/corpus/http_request
