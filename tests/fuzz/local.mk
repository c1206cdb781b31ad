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

check_PROGRAMS += tests/fuzz/http_answer
tests_fuzz_http_answer_SOURCES = tests/fuzz/http_answer.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h
tests_fuzz_http_answer_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/http_target
tests_fuzz_http_target_SOURCES = tests/fuzz/http_target.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h
tests_fuzz_http_target_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/http_query
tests_fuzz_http_query_SOURCES = tests/fuzz/http_query.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h \
	tests/unit/http/naive_parameters.c tests/unit/http/naive_parameters.h
tests_fuzz_http_query_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/http_form
tests_fuzz_http_form_SOURCES = tests/fuzz/http_form.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h \
	tests/unit/http/naive_parameters.c tests/unit/http/naive_parameters.h
tests_fuzz_http_form_LDADD = lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/json_scan
tests_fuzz_json_scan_SOURCES = tests/fuzz/json_scan.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h \
	tests/unit/base/json_again.c tests/unit/base/json_again.h
tests_fuzz_json_scan_LDADD = lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/template
tests_fuzz_template_SOURCES = tests/fuzz/template.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h \
	tests/unit/rules/naive.c tests/unit/rules/naive.h
tests_fuzz_template_LDADD = rules/librules.a identity/libidentity.a \
	lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/regex
tests_fuzz_regex_SOURCES = tests/fuzz/regex.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h
tests_fuzz_regex_LDADD = rules/librules.a identity/libidentity.a \
	lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

check_PROGRAMS += tests/fuzz/rule_loader
tests_fuzz_rule_loader_SOURCES = tests/fuzz/rule_loader.c tests/fuzz/run_corpus.c tests/fuzz/fuzz.h
tests_fuzz_rule_loader_LDADD = rules/librules.a identity/libidentity.a \
	lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

EXTRA_DIST += tests/fuzz/http.dict tests/fuzz/json.dict tests/fuzz/rules.dict \
	tests/fuzz/corpus/http_answer \
	tests/fuzz/corpus/http_chunked \
	tests/fuzz/corpus/http_form \
	tests/fuzz/corpus/http_head \
	tests/fuzz/corpus/http_query \
	tests/fuzz/corpus/http_request \
	tests/fuzz/corpus/http_target \
	tests/fuzz/corpus/json_scan \
	tests/fuzz/corpus/regex \
	tests/fuzz/corpus/rule_loader \
	tests/fuzz/corpus/template
