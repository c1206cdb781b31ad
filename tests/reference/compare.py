#!/usr/bin/python3
# Holds the program against the reference evaluator, and shrinks what they differ in.
# SPDX-License-Identifier: Apache-2.0
import argparse
import collections
import concurrent.futures
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import asking  # noqa: E402
import evaluator  # noqa: E402
import generator  # noqa: E402
import policies  # noqa: E402
from dump import dumped  # noqa: E402

BUILT = str(pathlib.Path(__file__).resolve().parents[2] / "build" / "countersign")
REQUESTS_OF_A_POLICY = 250
# How long a difference is made smaller.
MOST_SECONDS = 15


class Broken(Exception):
    """The program did not answer every line."""


def explain(program, policy, lines):
    """What the program says to each request."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(dumped(policy))
        file.flush()
        done = subprocess.run(
            [program, "explain", "--batch", "--config", file.name], capture_output=True,
            input="".join(json.dumps(line) + "\n" for line in lines).encode(), check=False)
    answers = done.stdout.decode().splitlines()
    if done.returncode != 0 or len(answers) != len(lines):
        errors = [line for line in done.stderr.decode().splitlines() if "warning:" not in line]
        raise Broken(f"exit code {done.returncode}, {len(answers)} of {len(lines)} lines\n"
                     + "\n".join(errors[-20:]))
    return [json.loads(answer) for answer in answers]


def plain(answer):
    """An answer of the program in the words of the evaluator."""
    if "outcome" not in answer:
        return answer
    found = {key: answer[key] for key in ("outcome", "site", "rule", "would") if key in answer}
    if "rule" not in found.get("would", {"rule": None}):
        # Why a body could not be read for observed rules, and no rule says more.
        found["would"] = {"problem": found["would"]["problem"]}
    if found["outcome"] in ("deny", "refuse"):
        found["status"] = answer["status"]
    if found["outcome"] == "refuse":
        found["problem"] = answer["problem"]
    if found["outcome"] == "approval":
        found["title"] = answer["title"]
        found["approval"] = plain_approval(answer["approval"])
    return found


def plain_approval(said):
    found = {key: said[key] for key in (
        "mode", "uses", "reason", "on_disconnect", "pending_status")}
    found["from"] = {each["group"]: each["count"] for each in said["from"]}
    for key in ("hold_for", "expires", "valid_for"):
        found[key + "_us"] = said[key + "_us"]
    bind = said["bind"]
    if isinstance(bind, dict):
        kept = asking.fewest(bind["exact_except"])
        found["bind"] = {"exact_except": kept} if kept else "exact"
    else:
        found["bind"] = asking.fewest(bind) if isinstance(bind, list) else bind
    return found


def differs(said, expected):
    """Whether they differ in anything that the text decides."""
    if "approval" in expected and expected["approval"]["reason"].__class__ is dict:
        # What the patterns are is seen in what they refuse.
        expected = {**expected, "approval": {**expected["approval"], "reason": "pattern"}}
    if expected["outcome"] != "refuse" or "problem" in expected:
        return said != expected
    return said.get("outcome") != "refuse" or said["status"] != expected["status"]


# --- batches --------------------------------------------------------------------------------------


def batch(program, seed, number, count):
    """One policy with its requests: how often each outcome came, and the first that differs."""
    dice = random.Random(f"{seed} {number}")
    policy = policies.PolicyMaker(dice).policy()
    maker = generator.RequestMaker(dice, policy)
    lines = [maker.request() for _ in range(count)]
    reference = evaluator.Sites(policy)
    seen, first, different = collections.Counter(), None, 0
    for line, answer in zip(lines, explain(program, policy, lines)):
        expected = reference.outcome(line)
        seen[name_of(expected)] += 1
        if differs(plain(answer), expected):
            different += 1
            first = first or (policy, line)
    return seen, different, first


def name_of(expected):
    name = expected["outcome"]
    if name == "refuse":
        name += f" {expected['status']} {expected.get('problem', '')}".rstrip()
    return name + (
        f", would {expected['would'].get('verdict', 'be silent')}" if "would" in expected else "")


# --- shrinking ------------------------------------------------------------------------------------


def smaller(value):
    """Every value that has one thing less somewhere."""
    if isinstance(value, dict):
        keys, rebuilt = list(value), lambda key: {k: v for k, v in value.items() if k != key}
    elif isinstance(value, list):
        keys, rebuilt = range(len(value)), lambda at: value[:at] + value[at + 1:]
    else:
        return
    for key in keys:
        yield rebuilt(key)
    for key in keys:
        for each in smaller(value[key]):
            whole = copy.copy(value)
            whole[key] = each
            yield whole


def shorter(line):
    """Requests with a parameter, header or name less."""
    for keys in (("headers",), ("body",), ("user", "groups")):
        if line.keys() & keys:
            yield {k: v for k, v in line.items() if k not in keys}
    target, mark, query = line["url"].partition("?")
    pieces = query.split("&") if mark else []
    for at in range(len(pieces)):
        left = "&".join(pieces[:at] + pieces[at + 1:])
        yield {**line, "url": target + ("?" + left if left else "")}
    for at in range(len(line.get("headers", []))):
        yield {**line, "headers": line["headers"][:at] + line["headers"][at + 1:]}


def shrunk(program, policy, line):
    """The smallest policy and request that still differ, as far as dropping leads."""
    def still(sites, request):
        try:
            answer, = explain(program, {**policy, "sites": sites}, [request])
            expected = evaluator.Sites({"sites": sites}).outcome(request)
            return differs(plain(answer), expected)
        except (Broken, LookupError, ValueError, TypeError, AttributeError):
            return False

    sites = policy["sites"]
    at, clean, end = 0, 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        candidates = [(sites, each) for each in shorter(line)]
        candidates += [(each, line) for each in smaller(sites)]
        if clean > len(candidates):
            break
        at %= len(candidates)
        if still(*candidates[at]):
            (sites, line), clean = candidates[at], 0
        else:
            at, clean = at + 1, clean + 1
    return {**policy, "sites": sites}, line


def report(program, policy, line):
    policy, line = shrunk(program, policy, line)
    answer, = explain(program, policy, [line])
    expected = evaluator.Sites(policy).outcome(line)
    sites = dumped(policy["sites"]).replace('{"name": "r', '\n  {"name": "r')
    return (f"sites: {sites}\nrequest: {json.dumps(line)}\n"
            f"program:   {json.dumps(plain(answer), sort_keys=True)}\n"
            f"reference: {json.dumps(expected, sort_keys=True)}")


# --- runs -----------------------------------------------------------------------------------------


def compare(program, seed, pairs, jobs=1, most=1):
    """Compares so many pairs: outcomes by name, how many differ, and reports of the first."""
    numbers = range(-(-pairs // REQUESTS_OF_A_POLICY))
    seen, reports, different = collections.Counter(), [], 0
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        work = [pool.submit(batch, program, seed, number, REQUESTS_OF_A_POLICY)
                for number in numbers]
        for number, future in zip(numbers, work):
            try:
                outcomes, wrong, first = future.result()
            except Broken as why:
                reports.append(f"seed {seed}, policy {number}: {why}")
                continue
            seen += outcomes
            different += wrong
            if first and len(reports) < most:
                reports.append(f"seed {seed}, policy {number}: {wrong} differ, the first of them\n"
                               + report(program, *first))
    return seen, different, reports


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--program", default=os.environ.get("COUNTERSIGN_PROGRAM", BUILT))
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--pairs", type=int, default=10000)
    asked.add_argument("--jobs", type=int, default=1)
    asked.add_argument("--most", type=int, default=3, help="differences to shrink and show")
    words = asked.parse_args()
    print(f"seed {words.seed}", flush=True)
    seen, different, reports = compare(
        words.program, words.seed, words.pairs, words.jobs, words.most)
    for name, count in seen.most_common():
        print(f"{count:8} {name}")
    print(f"{sum(seen.values())} pairs, {different} differ")
    print("\n\n".join(reports))
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main())
