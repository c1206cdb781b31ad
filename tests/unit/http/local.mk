HTTP_TEST_LIBS = lib/http/libhttp.a lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_fault
tests_unit_http_test_fault_SOURCES = tests/unit/http/test_fault.c tests/unit/http/case.h
tests_unit_http_test_fault_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_bytes
tests_unit_http_test_bytes_SOURCES = tests/unit/http/test_bytes.c tests/unit/http/case.h \
	tests/unit/http/guard.c tests/unit/http/guard.h
tests_unit_http_test_bytes_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_fields
tests_unit_http_test_fields_SOURCES = tests/unit/http/test_fields.c tests/unit/http/case.h \
	tests/unit/http/guard.c tests/unit/http/guard.h
tests_unit_http_test_fields_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_head
tests_unit_http_test_head_SOURCES = tests/unit/http/test_head.c tests/unit/http/case.h \
	tests/unit/http/guard.c tests/unit/http/guard.h
tests_unit_http_test_head_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_framing
tests_unit_http_test_framing_SOURCES = tests/unit/http/test_framing.c tests/unit/http/case.h
tests_unit_http_test_framing_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_chunked
tests_unit_http_test_chunked_SOURCES = tests/unit/http/test_chunked.c tests/unit/http/case.h
tests_unit_http_test_chunked_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_authority
tests_unit_http_test_authority_SOURCES = tests/unit/http/test_authority.c tests/unit/http/case.h
tests_unit_http_test_authority_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_target
tests_unit_http_test_target_SOURCES = tests/unit/http/test_target.c tests/unit/http/case.h \
	tests/unit/http/guard.c tests/unit/http/guard.h
tests_unit_http_test_target_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_parameters
tests_unit_http_test_parameters_SOURCES = tests/unit/http/test_parameters.c \
	tests/unit/http/case.h tests/unit/http/guard.c tests/unit/http/guard.h
tests_unit_http_test_parameters_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_media_type
tests_unit_http_test_media_type_SOURCES = tests/unit/http/test_media_type.c tests/unit/http/case.h
tests_unit_http_test_media_type_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_request
tests_unit_http_test_request_SOURCES = tests/unit/http/test_request.c tests/unit/http/case.h
tests_unit_http_test_request_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_write
tests_unit_http_test_write_SOURCES = tests/unit/http/test_write.c tests/unit/http/case.h
tests_unit_http_test_write_LDADD = $(HTTP_TEST_LIBS)

check_PROGRAMS += tests/unit/http/test_tables
tests_unit_http_test_tables_SOURCES = tests/unit/http/test_tables.c \
	tests/unit/http/again.c tests/unit/http/again.h \
	tests/unit/http/guard.c tests/unit/http/guard.h \
	tests/unit/http/reading.c tests/unit/http/reading.h \
	tests/unit/http/table.c tests/unit/http/table.h
tests_unit_http_test_tables_LDADD = $(HTTP_TEST_LIBS)

EXTRA_DIST += tests/tables/http/README.md \
	tests/tables/http/answers.txt \
	tests/tables/http/chunked.txt \
	tests/tables/http/fields.txt \
	tests/tables/http/framing.txt \
	tests/tables/http/head.txt \
	tests/tables/http/target.txt
