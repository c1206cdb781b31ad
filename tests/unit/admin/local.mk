check_PROGRAMS += \
	tests/unit/admin/test_admin \
	tests/unit/admin/test_form \
	tests/unit/admin/test_html \
	tests/unit/admin/test_metrics \
	tests/unit/admin/test_page_bound \
	tests/unit/admin/test_pages \
	tests/unit/admin/test_route \
	tests/unit/admin/test_session \
	tests/unit/admin/test_visibility

admin_test_libs = admin/libadmin.a approvals/libapprovals.a audit/libaudit.a \
	rules/librules.a identity/libidentity.a lib/net/libnet.a lib/http/libhttp.a \
	lib/base/libbase.a $(TEST_LIBS)

# Its store and its trail stand in for the real ones, so that of approvals/ only what is pure
# is linked.
admin_test_endpoint = \
	tests/unit/admin/endpoint.c tests/unit/admin/endpoint.h \
	tests/unit/admin/fake_store.c tests/unit/admin/fake_store.h
tests_unit_admin_test_admin_SOURCES = tests/unit/admin/test_admin.c $(admin_test_endpoint)
tests_unit_admin_test_admin_LDADD = $(admin_test_libs)
tests_unit_admin_test_page_bound_SOURCES = tests/unit/admin/test_page_bound.c $(admin_test_endpoint)
tests_unit_admin_test_page_bound_LDADD = $(admin_test_libs)
tests_unit_admin_test_pages_SOURCES = tests/unit/admin/test_pages.c $(admin_test_endpoint)
tests_unit_admin_test_pages_LDADD = $(admin_test_libs)
tests_unit_admin_test_form_SOURCES = tests/unit/admin/test_form.c
tests_unit_admin_test_form_LDADD = $(admin_test_libs)
tests_unit_admin_test_html_SOURCES = tests/unit/admin/test_html.c
tests_unit_admin_test_html_LDADD = $(admin_test_libs)
tests_unit_admin_test_metrics_SOURCES = tests/unit/admin/test_metrics.c
tests_unit_admin_test_metrics_LDADD = $(admin_test_libs)
tests_unit_admin_test_route_SOURCES = tests/unit/admin/test_route.c
tests_unit_admin_test_route_LDADD = $(admin_test_libs)
tests_unit_admin_test_session_SOURCES = tests/unit/admin/test_session.c
tests_unit_admin_test_session_LDADD = $(admin_test_libs)
tests_unit_admin_test_visibility_SOURCES = tests/unit/admin/test_visibility.c
tests_unit_admin_test_visibility_LDADD = $(admin_test_libs)
