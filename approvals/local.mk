noinst_LIBRARIES += approvals/libapprovals.a
approvals_libapprovals_a_SOURCES = \
	approvals/approval.c approvals/approval.h \
	approvals/bindable.h \
	approvals/binding.c approvals/binding.h \
	approvals/boots.c approvals/boots.h \
	approvals/bound.c approvals/bound.h \
	approvals/bound_body.c approvals/bound_body.h \
	approvals/bound_query.c approvals/bound_query.h \
	approvals/sealed.c approvals/sealed.h \
	approvals/embedded.c approvals/embedded.h \
	approvals/keyring.c approvals/keyring.h \
	approvals/quorum.c approvals/quorum.h \
	approvals/scripts.h \
	approvals/shown.c approvals/shown.h \
	approvals/shown_bind.c approvals/shown_bind.h \
	approvals/shown_body.c approvals/shown_body.h \
	approvals/signed_decision.c approvals/signed_decision.h \
	approvals/signed_request.c approvals/signed_request.h \
	approvals/spent_book.c approvals/spent_book.h \
	approvals/spent_file.c approvals/spent_file.h \
	approvals/spent_log.c approvals/spent_log.h \
	approvals/store.c approvals/store.h \
	approvals/store_ask.c approvals/store_ask.h \
	approvals/store_ask_make.c \
	approvals/store_calls.h \
	approvals/store_claim.c \
	approvals/store_decide.c \
	approvals/store_errand.c \
	approvals/store_feed.c \
	approvals/store_links.c approvals/store_links.h \
	approvals/store_list.c \
	approvals/store_op.c approvals/store_op.h \
	approvals/store_record.c approvals/store_record.h \
	approvals/store_recover.c \
	approvals/store_state.h \
	approvals/store_sweep.c \
	approvals/store_transition.c \
	approvals/store_view.h \
	approvals/stored.c approvals/stored.h \
	approvals/sync.c approvals/sync.h \
	approvals/table.c approvals/table.h \
	approvals/ulid.c approvals/ulid.h \
	approvals/verified.c approvals/verified.h
nodist_approvals_libapprovals_a_SOURCES = approvals/scripts_text.c

approvals_prelude = approvals/scripts/prelude.lua
approvals_scripts = \
	approvals/scripts/hello.lua \
	approvals/scripts/open.lua \
	approvals/scripts/look.lua \
	approvals/scripts/list.lua \
	approvals/scripts/decide.lua \
	approvals/scripts/claim.lua \
	approvals/scripts/close.lua \
	approvals/scripts/leave.lua \
	approvals/scripts/cancel.lua \
	approvals/scripts/sweep.lua \
	approvals/scripts/recorded.lua
EXTRA_DIST += approvals/scripts/embed $(approvals_prelude) $(approvals_scripts)
CLEANFILES += approvals/scripts_text.c

approvals/scripts_text.c: approvals/scripts/embed $(approvals_prelude) $(approvals_scripts)
	$(AM_V_GEN)$(MKDIR_P) approvals
	$(AM_V_at)(cd $(srcdir) && sh approvals/scripts/embed $(approvals_prelude) \
		$(approvals_scripts)) >$@.tmp && mv $@.tmp $@
