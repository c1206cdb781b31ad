# What happened: records, rings, the chain, the file, checkpoints, the verifier.
noinst_LIBRARIES += audit/libaudit.a
audit_libaudit_a_SOURCES = \
	audit/ancestors.c audit/ancestors.h \
	audit/anchor.c audit/anchor.h \
	audit/audit.c audit/audit.h \
	audit/boot.c audit/boot.h \
	audit/chain.c audit/chain.h \
	audit/draft.c audit/draft.h \
	audit/event.c audit/event.h \
	audit/evidence.c audit/evidence.h \
	audit/facts.c audit/facts.h \
	audit/finding.c audit/finding.h \
	audit/follow.c audit/follow.h \
	audit/inspect.c audit/inspect.h \
	audit/lane.c audit/lane.h \
	audit/line_reader.c audit/line_reader.h \
	audit/lookup.c audit/lookup.h \
	audit/note.c audit/note.h \
	audit/oneline.c audit/oneline.h \
	audit/path.c audit/path.h \
	audit/proof.c audit/proof.h \
	audit/record.c audit/record.h \
	audit/records.def \
	audit/recover.c audit/recover.h \
	audit/redact.c audit/redact.h \
	audit/report.c audit/report.h \
	audit/ring.c audit/ring.h audit/ring_lanes.h \
	audit/secret.c audit/secret.h \
	audit/stamp.c audit/stamp.h \
	audit/syncer.c audit/syncer.h \
	audit/thread.c \
	audit/trail.c audit/trail.h \
	audit/verify.c audit/verify.h \
	audit/writer.c audit/writer.h
