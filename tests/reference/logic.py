# The three answers of a test, and what it takes to tell them: docs/rules.md, "Doubt".
# SPDX-License-Identifier: Apache-2.0
FALSE, UNKNOWN, TRUE = 0, 1, 2


def turned(answer):
    return TRUE - answer


def told(condition):
    return TRUE if condition else FALSE
