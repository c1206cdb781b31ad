# Unit tests of the configuration and of `check`; docs/config.md is held to the tables.
app_test_libs = app/libconfig.a proxy/libproxy.a approvals/libapprovals.a \
	audit/libaudit.a rules/librules.a identity/libidentity.a lib/net/libnet.a \
	lib/http/libhttp.a lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/app/test_check
tests_unit_app_test_check_SOURCES = tests/unit/app/test_check.c app/check.c app/check.h
tests_unit_app_test_check_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_config
tests_unit_app_test_config_SOURCES = tests/unit/app/test_config.c
tests_unit_app_test_config_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_config_docs
tests_unit_app_test_config_docs_SOURCES = tests/unit/app/test_config_docs.c
tests_unit_app_test_config_docs_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_config_tables
tests_unit_app_test_config_tables_SOURCES = tests/unit/app/test_config_tables.c
tests_unit_app_test_config_tables_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_descriptors
tests_unit_app_test_descriptors_SOURCES = tests/unit/app/test_descriptors.c \
	app/descriptors.c app/descriptors.h
tests_unit_app_test_descriptors_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_json_schema
tests_unit_app_test_json_schema_SOURCES = tests/unit/app/test_json_schema.c \
	tests/unit/app/schema_check.c tests/unit/app/schema_check.h
tests_unit_app_test_json_schema_LDADD = $(app_test_libs)

check_PROGRAMS += tests/unit/app/test_site
tests_unit_app_test_site_SOURCES = tests/unit/app/test_site.c
tests_unit_app_test_site_LDADD = $(app_test_libs)

EXTRA_DIST += docs/config.md packaging/countersign.example.yaml \
	packaging/countersign.schema.json tests/tables/config
