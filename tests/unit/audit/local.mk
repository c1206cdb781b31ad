# Unit tests of audit/, one program per file.
audit_test_libs = audit/libaudit.a lib/base/libbase.a $(TEST_LIBS)
audit_test_support = tests/unit/audit/support.c tests/unit/audit/support.h

check_PROGRAMS += tests/unit/audit/test_audit
tests_unit_audit_test_audit_SOURCES = tests/unit/audit/test_audit.c $(audit_test_support)
tests_unit_audit_test_audit_LDADD = $(audit_test_libs)
# A device that fails its syncs.
tests_unit_audit_test_audit_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fdatasync

check_PROGRAMS += tests/unit/audit/test_chain
tests_unit_audit_test_chain_SOURCES = tests/unit/audit/test_chain.c
tests_unit_audit_test_chain_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_facts
tests_unit_audit_test_facts_SOURCES = tests/unit/audit/test_facts.c
tests_unit_audit_test_facts_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_lane
tests_unit_audit_test_lane_SOURCES = tests/unit/audit/test_lane.c
tests_unit_audit_test_lane_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_note
tests_unit_audit_test_note_SOURCES = tests/unit/audit/test_note.c
tests_unit_audit_test_note_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_record
tests_unit_audit_test_record_SOURCES = tests/unit/audit/test_record.c $(audit_test_support)
tests_unit_audit_test_record_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_recover
tests_unit_audit_test_recover_SOURCES = tests/unit/audit/test_recover.c $(audit_test_support)
tests_unit_audit_test_recover_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_redact
tests_unit_audit_test_redact_SOURCES = tests/unit/audit/test_redact.c
tests_unit_audit_test_redact_LDADD = $(audit_test_libs)

check_PROGRAMS += tests/unit/audit/test_verify
tests_unit_audit_test_verify_SOURCES = tests/unit/audit/test_verify.c $(audit_test_support)
tests_unit_audit_test_verify_LDADD = $(audit_test_libs)
