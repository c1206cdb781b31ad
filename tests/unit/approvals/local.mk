APPROVALS_TEST_LIBS = approvals/libapprovals.a audit/libaudit.a rules/librules.a \
	identity/libidentity.a lib/net/libnet.a lib/http/libhttp.a lib/base/libbase.a $(TEST_LIBS)
SHAPES = tests/unit/approvals/shapes.c tests/unit/approvals/shapes.h
STORE_HOUSE = \
	tests/unit/approvals/redis_server.c tests/unit/approvals/redis_server.h \
	tests/unit/approvals/store_house.c tests/unit/approvals/store_house.h

check_PROGRAMS += \
	tests/unit/approvals/test_approval \
	tests/unit/approvals/test_binding \
	tests/unit/approvals/test_binding_except \
	tests/unit/approvals/test_binding_parts \
	tests/unit/approvals/test_embedded \
	tests/unit/approvals/test_quorum \
	tests/unit/approvals/test_signed \
	tests/unit/approvals/test_signed_parts \
	tests/unit/approvals/test_spent_log \
	tests/unit/approvals/test_store \
	tests/unit/approvals/test_store_acl \
	tests/unit/approvals/test_store_decide \
	tests/unit/approvals/test_store_forgery \
	tests/unit/approvals/test_store_gone \
	tests/unit/approvals/test_store_lost \
	tests/unit/approvals/test_store_restart
tests_unit_approvals_test_approval_SOURCES = tests/unit/approvals/test_approval.c
tests_unit_approvals_test_approval_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_binding_SOURCES = tests/unit/approvals/test_binding.c $(SHAPES)
tests_unit_approvals_test_binding_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_binding_except_SOURCES = \
	tests/unit/approvals/test_binding_except.c $(SHAPES)
tests_unit_approvals_test_binding_except_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_binding_parts_SOURCES = \
	tests/unit/approvals/test_binding_parts.c $(SHAPES)
tests_unit_approvals_test_binding_parts_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_embedded_SOURCES = tests/unit/approvals/test_embedded.c \
	tests/unit/approvals/redis_server.c tests/unit/approvals/redis_server.h
tests_unit_approvals_test_embedded_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_quorum_SOURCES = tests/unit/approvals/test_quorum.c
tests_unit_approvals_test_quorum_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_signed_SOURCES = tests/unit/approvals/test_signed.c $(STORE_HOUSE)
tests_unit_approvals_test_signed_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_signed_parts_SOURCES = \
	tests/unit/approvals/test_signed_parts.c $(SHAPES)
tests_unit_approvals_test_signed_parts_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_spent_log_SOURCES = tests/unit/approvals/test_spent_log.c
tests_unit_approvals_test_spent_log_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_SOURCES = tests/unit/approvals/test_store.c $(STORE_HOUSE)
tests_unit_approvals_test_store_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_acl_SOURCES = tests/unit/approvals/test_store_acl.c $(STORE_HOUSE)
tests_unit_approvals_test_store_acl_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_decide_SOURCES = \
	tests/unit/approvals/test_store_decide.c $(STORE_HOUSE)
tests_unit_approvals_test_store_decide_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_gone_SOURCES = \
	tests/unit/approvals/test_store_gone.c $(STORE_HOUSE)
tests_unit_approvals_test_store_gone_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_forgery_SOURCES = \
	tests/unit/approvals/test_store_forgery.c $(STORE_HOUSE)
tests_unit_approvals_test_store_forgery_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_lost_SOURCES = tests/unit/approvals/test_store_lost.c \
	tests/unit/approvals/lossy.c tests/unit/approvals/lossy.h $(STORE_HOUSE)
tests_unit_approvals_test_store_lost_LDADD = $(APPROVALS_TEST_LIBS)
tests_unit_approvals_test_store_restart_SOURCES = \
	tests/unit/approvals/test_store_restart.c $(STORE_HOUSE)
tests_unit_approvals_test_store_restart_LDADD = $(APPROVALS_TEST_LIBS)
EXTRA_DIST += packaging/redis.acl
