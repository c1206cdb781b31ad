# Unit tests of lib/base.

check_PROGRAMS += tests/unit/base/test_buf
tests_unit_base_test_buf_SOURCES = tests/unit/base/test_buf.c
tests_unit_base_test_buf_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_clock
tests_unit_base_test_clock_SOURCES = tests/unit/base/test_clock.c
tests_unit_base_test_clock_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_complaint
tests_unit_base_test_complaint_SOURCES = tests/unit/base/test_complaint.c
tests_unit_base_test_complaint_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_digest
tests_unit_base_test_digest_SOURCES = tests/unit/base/test_digest.c
tests_unit_base_test_digest_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_document
tests_unit_base_test_document_SOURCES = tests/unit/base/test_document.c
tests_unit_base_test_document_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_emit
tests_unit_base_test_emit_SOURCES = tests/unit/base/test_emit.c
tests_unit_base_test_emit_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_node
tests_unit_base_test_node_SOURCES = tests/unit/base/test_node.c
tests_unit_base_test_node_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_schema
tests_unit_base_test_schema_SOURCES = tests/unit/base/test_schema.c
tests_unit_base_test_schema_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_span
tests_unit_base_test_span_SOURCES = tests/unit/base/test_span.c
tests_unit_base_test_span_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_decimal
tests_unit_base_test_decimal_SOURCES = tests/unit/base/test_decimal.c
tests_unit_base_test_decimal_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_json_scan
tests_unit_base_test_json_scan_SOURCES = tests/unit/base/test_json_scan.c
tests_unit_base_test_json_scan_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_pointer_set
tests_unit_base_test_pointer_set_SOURCES = tests/unit/base/test_pointer_set.c
tests_unit_base_test_pointer_set_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_include
tests_unit_base_test_include_SOURCES = tests/unit/base/test_include.c
tests_unit_base_test_include_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_json_agreement
tests_unit_base_test_json_agreement_SOURCES = tests/unit/base/test_json_agreement.c \
	tests/unit/base/json_again.c tests/unit/base/json_again.h
tests_unit_base_test_json_agreement_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_network
tests_unit_base_test_network_SOURCES = tests/unit/base/test_network.c
tests_unit_base_test_network_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_zone
tests_unit_base_test_zone_SOURCES = tests/unit/base/test_zone.c
tests_unit_base_test_zone_LDADD = lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/base/test_zone_rule
tests_unit_base_test_zone_rule_SOURCES = tests/unit/base/test_zone_rule.c
tests_unit_base_test_zone_rule_LDADD = lib/base/libbase.a $(TEST_LIBS)
