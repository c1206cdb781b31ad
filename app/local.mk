bin_PROGRAMS += countersign
countersign_SOURCES = \
	app/adopt.c \
	app/adopt.h \
	app/announce.c \
	app/announce.h \
	app/approval_text.c \
	app/approval_text.h \
	app/approvals_commands.c \
	app/approvals_commands.h \
	app/audit_commands.c \
	app/audit_commands.h \
	app/cases.c \
	app/cases.h \
	app/check.c \
	app/check.h \
	app/client.c \
	app/client.h \
	app/count.h \
	app/descriptors.c \
	app/descriptors.h \
	app/explain_batch.c \
	app/explain_batch.h \
	app/explain_command.c \
	app/explain_command.h \
	app/explained.c \
	app/explained.h \
	app/explained_text.c \
	app/figures.c \
	app/figures.h \
	app/harden.c \
	app/harden.h \
	app/home.c \
	app/home.h \
	app/in_force.c \
	app/in_force.h \
	app/keys_commands.c \
	app/keys_commands.h \
	app/main.c \
	app/process.h \
	app/recorded.c \
	app/recorded.h \
	app/reload.c \
	app/reload.h \
	app/replay.c \
	app/replay.h \
	app/replay_command.c \
	app/replay_command.h \
	app/serve.c \
	app/serve.h \
	app/test_command.c \
	app/test_command.h \
	app/token.c \
	app/token.h \
	app/trial.c \
	app/trial.h \
	app/trial_head.c \
	app/watching.c \
	app/watching.h \
	app/worker.c \
	app/worker.h
countersign_LDADD = app/libconfig.a admin/libadmin.a proxy/libproxy.a approvals/libapprovals.a \
	audit/libaudit.a rules/librules.a identity/libidentity.a lib/net/libnet.a \
	lib/http/libhttp.a lib/base/libbase.a $(EXTERNAL_LIBS)

# Apart from the program, so that its tests can link it.
noinst_LIBRARIES += app/libconfig.a
app_libconfig_a_SOURCES = \
	app/config.c \
	app/config.h \
	app/config_addresses.c \
	app/config_groups.c \
	app/config_identity.c \
	app/config_keys.c \
	app/config_limit_keys.c \
	app/config_load.c \
	app/config_load.h \
	app/config_places.c \
	app/config_site.c \
	app/config_site_keys.c \
	app/config_store.c \
	app/config_text.c \
	app/config_text.h \
	app/config_values.c \
	app/json_schema.c \
	app/json_schema.h \
	app/state_dir.c \
	app/state_dir.h
