# The program and a reference evaluator of docs/rules.md judge generated requests alike.
# SPDX-License-Identifier: Apache-2.0
import os
import sys

from services import PROGRAM, ROOT

sys.path.insert(0, str(ROOT / "tests" / "reference"))

import compare  # noqa: E402
import evaluator  # noqa: E402

SCALE = float(os.environ.get("COUNTERSIGN_SCALE", "1"))
SEED = int(os.environ.get("COUNTERSIGN_SEED", "1"))
PAIRS = int(10000 * SCALE)
# What a generator has to reach, or agreement says little; each at least once in a thousand.
REACHED = ["allow", "deny", "approval", "refuse 401 identity-required", "refuse 400 query-repeated",
           "refuse 400 header-repeated", "refuse 415 content-type-unsupported",
           "refuse 422 body-unreadable", "refuse 422 body-ambiguous", "allow, would approval",
           "allow, would deny"]


def test_program_agrees_with_the_reference(capsys):
    with capsys.disabled():
        print(f"\nreference: seed {SEED}, {PAIRS} pairs ", end="", flush=True)
    seen, different, reports = compare.compare(str(PROGRAM), SEED, PAIRS, os.cpu_count() or 1)
    assert not reports, f"{different} of {sum(seen.values())} differ\n" + "\n\n".join(reports)
    assert sum(seen.values()) >= PAIRS
    assert [name for name in REACHED if seen[name] < sum(seen.values()) / 1000] == []


def test_a_reference_that_reads_otherwise_is_found_out(monkeypatch):
    def lax(head, body):
        match, exception = head.answers(body)
        return match == evaluator.TRUE and exception == evaluator.FALSE

    monkeypatch.setattr(evaluator.Head, "applies", lax)
    _, different, reports = compare.compare(str(PROGRAM), SEED, 2000)
    assert different and f"seed {SEED}, policy" in reports[0] and "request: " in reports[0]
