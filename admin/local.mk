noinst_LIBRARIES += admin/libadmin.a
admin_libadmin_a_SOURCES = \
	admin/admin.c \
	admin/admin.h \
	admin/answer.c \
	admin/approvals_api.c \
	admin/approvals_api.h \
	admin/bound_words.c \
	admin/bound_words.h \
	admin/call.c \
	admin/call.h \
	admin/decide.c \
	admin/decide.h \
	admin/duration.c \
	admin/duration.h \
	admin/embedded.h \
	admin/form.c \
	admin/form.h \
	admin/gate.c \
	admin/gate.h \
	admin/html.c \
	admin/html.h \
	admin/login.c \
	admin/login.h \
	admin/login_link.c \
	admin/login_link.h \
	admin/metrics.c \
	admin/metrics.h \
	admin/operation.c \
	admin/operation.h \
	admin/page.c \
	admin/page.h \
	admin/page_approval.c \
	admin/page_approvals.h \
	admin/page_body.c \
	admin/page_inbox.c \
	admin/page_json.c \
	admin/page_json.h \
	admin/page_request.c \
	admin/parts.h \
	admin/problem.c \
	admin/problems.def \
	admin/read.c \
	admin/route.c \
	admin/route.h \
	admin/session.c \
	admin/session.h \
	admin/visibility.c \
	admin/visibility.h \
	admin/visible.c \
	admin/visible.h
nodist_admin_libadmin_a_SOURCES = admin/embedded.c

EXTRA_DIST += admin/page.css admin/icon.svg tools/embed
CLEANFILES += admin/embedded.c

admin/embedded.c: $(srcdir)/admin/page.css $(srcdir)/admin/icon.svg $(srcdir)/tools/embed
	$(AM_V_GEN)$(MKDIR_P) admin && \
	$(srcdir)/tools/embed embedded_page_css=$(srcdir)/admin/page.css \
		embedded_icon_svg=$(srcdir)/admin/icon.svg > $@.tmp && mv -f $@.tmp $@
