# What is asked: policy in, verdict out.
noinst_LIBRARIES += rules/librules.a
rules_librules_a_SOURCES = \
	rules/effect.c \
	rules/effect.h \
	rules/lint.c \
	rules/lint.h \
	rules/load.c \
	rules/load.h \
	rules/load_approval.c \
	rules/load_approval.h \
	rules/load_match.c \
	rules/load_match.h \
	rules/match.c \
	rules/path.c \
	rules/path.h \
	rules/pattern.c \
	rules/pattern.h \
	rules/regex.c \
	rules/regex.h \
	rules/requirement.c \
	rules/requirement.h \
	rules/rule.h \
	rules/ruleset.c \
	rules/ruleset.h \
	rules/template.c \
	rules/template.h \
	rules/trie.c \
	rules/trie.h \
	rules/truth.h \
	rules/verdict.h
