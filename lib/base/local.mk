# Bytes, fields, time, digests, log, and the files people write.  No I/O, no HTTP.
noinst_LIBRARIES += lib/base/libbase.a
lib_base_libbase_a_SOURCES = \
	lib/base/arena.c \
	lib/base/arena.h \
	lib/base/attr.h \
	lib/base/banned.h \
	lib/base/buf.c \
	lib/base/buf.h \
	lib/base/clock.c \
	lib/base/clock.h \
	lib/base/complaint.c \
	lib/base/complaint.h \
	lib/base/digest.c \
	lib/base/digest.h \
	lib/base/document.c \
	lib/base/document.h \
	lib/base/emit.c \
	lib/base/emit.h \
	lib/base/excerpt.c \
	lib/base/excerpt.h \
	lib/base/list.h \
	lib/base/log.c \
	lib/base/log.h \
	lib/base/memory.c \
	lib/base/memory.h \
	lib/base/nearest.c \
	lib/base/nearest.h \
	lib/base/node.c \
	lib/base/node.h \
	lib/base/schema.c \
	lib/base/schema.h \
	lib/base/signature.c \
	lib/base/signature.h \
	lib/base/span.c \
	lib/base/span.h \
	lib/base/tree.c \
	lib/base/tree.h \
	lib/base/utf8.c \
	lib/base/utf8.h
