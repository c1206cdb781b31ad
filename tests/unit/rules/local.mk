# Unit tests of rules/, one program per file, and the tables and the second reader.
rules_test_libs = rules/librules.a identity/libidentity.a lib/http/libhttp.a \
	lib/base/libbase.a $(TEST_LIBS)

check_PROGRAMS += tests/unit/rules/test_agreement
tests_unit_rules_test_agreement_SOURCES = tests/unit/rules/test_agreement.c tests/unit/rules/policy.h \
	tests/unit/rules/naive.c tests/unit/rules/naive.h
tests_unit_rules_test_agreement_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_bind
tests_unit_rules_test_bind_SOURCES = tests/unit/rules/test_bind.c tests/unit/rules/policy.h
tests_unit_rules_test_bind_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_body
tests_unit_rules_test_body_SOURCES = tests/unit/rules/test_body.c tests/unit/rules/policy.h \
	tests/unit/rules/asking.c tests/unit/rules/asking.h
tests_unit_rules_test_body_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_effect
tests_unit_rules_test_effect_SOURCES = tests/unit/rules/test_effect.c tests/unit/rules/policy.h
tests_unit_rules_test_effect_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_explain
tests_unit_rules_test_explain_SOURCES = tests/unit/rules/test_explain.c tests/unit/rules/policy.h \
	tests/unit/rules/asking.c tests/unit/rules/asking.h
tests_unit_rules_test_explain_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_judge
tests_unit_rules_test_judge_SOURCES = tests/unit/rules/test_judge.c tests/unit/rules/policy.h \
	tests/unit/rules/asking.c tests/unit/rules/asking.h
tests_unit_rules_test_judge_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_lint
tests_unit_rules_test_lint_SOURCES = tests/unit/rules/test_lint.c tests/unit/rules/policy.h
tests_unit_rules_test_lint_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_lint_rules
tests_unit_rules_test_lint_rules_SOURCES = tests/unit/rules/test_lint_rules.c tests/unit/rules/policy.h
tests_unit_rules_test_lint_rules_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_lint_value
tests_unit_rules_test_lint_value_SOURCES = tests/unit/rules/test_lint_value.c tests/unit/rules/policy.h
tests_unit_rules_test_lint_value_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_load
tests_unit_rules_test_load_SOURCES = tests/unit/rules/test_load.c tests/unit/rules/policy.h
tests_unit_rules_test_load_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_load_values
tests_unit_rules_test_load_values_SOURCES = tests/unit/rules/test_load_values.c tests/unit/rules/policy.h
tests_unit_rules_test_load_values_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_match
tests_unit_rules_test_match_SOURCES = tests/unit/rules/test_match.c tests/unit/rules/policy.h
tests_unit_rules_test_match_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_path
tests_unit_rules_test_path_SOURCES = tests/unit/rules/test_path.c tests/unit/rules/policy.h
tests_unit_rules_test_path_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_pattern
tests_unit_rules_test_pattern_SOURCES = tests/unit/rules/test_pattern.c tests/unit/rules/policy.h
tests_unit_rules_test_pattern_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_regex
tests_unit_rules_test_regex_SOURCES = tests/unit/rules/test_regex.c tests/unit/rules/policy.h
tests_unit_rules_test_regex_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_ruleset
tests_unit_rules_test_ruleset_SOURCES = tests/unit/rules/test_ruleset.c tests/unit/rules/policy.h
tests_unit_rules_test_ruleset_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_tables
tests_unit_rules_test_tables_SOURCES = tests/unit/rules/test_tables.c tests/unit/rules/policy.h \
	tests/unit/rules/asking.c tests/unit/rules/asking.h
tests_unit_rules_test_tables_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_template
tests_unit_rules_test_template_SOURCES = tests/unit/rules/test_template.c tests/unit/rules/policy.h
tests_unit_rules_test_template_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_trie
tests_unit_rules_test_trie_SOURCES = tests/unit/rules/test_trie.c tests/unit/rules/policy.h
tests_unit_rules_test_trie_LDADD = $(rules_test_libs)

check_PROGRAMS += tests/unit/rules/test_value_test
tests_unit_rules_test_value_test_SOURCES = tests/unit/rules/test_value_test.c tests/unit/rules/policy.h
tests_unit_rules_test_value_test_LDADD = $(rules_test_libs)

EXTRA_DIST += \
	tests/tables/rules/README.md \
	tests/tables/rules/body.policy \
	tests/tables/rules/body.want \
	tests/tables/rules/form.policy \
	tests/tables/rules/form.want \
	tests/tables/rules/headers.policy \
	tests/tables/rules/headers.want \
	tests/tables/rules/hosts.policy \
	tests/tables/rules/hosts.want \
	tests/tables/rules/observe.policy \
	tests/tables/rules/observe.want \
	tests/tables/rules/precedence.policy \
	tests/tables/rules/precedence.want \
	tests/tables/rules/query.policy \
	tests/tables/rules/query.want \
	tests/tables/rules/refused.policy \
	tests/tables/rules/refused.want \
	tests/tables/rules/requester.policy \
	tests/tables/rules/requester.want \
	tests/tables/rules/source.policy \
	tests/tables/rules/source.want \
	tests/tables/rules/time.policy \
	tests/tables/rules/time.want \
	tests/tables/rules/variants.policy \
	tests/tables/rules/variants.want
