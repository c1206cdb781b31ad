# What is wrong with what callers get, upstreams see and approvers are shown.
# SPDX-License-Identifier: Apache-2.0
import base64
import json

OWN_FIELDS = {"host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
              "countersign-user", "countersign-ticket", "content-length",
              "transfer-encoding", "connection"}


def resolved(outcome, bench, route):
    """"passes" as what it means on a route."""
    if outcome.kind != "passes":
        return outcome.kind
    return "waits" if bench.gates(route) else "arrives"


def says_close(answer):
    return (answer.value("connection") or "").lower() == "close"


def problem_of(answer):
    if answer.value("content-type") != "application/problem+json" or not answer.body:
        return None
    return json.loads(answer.body)["type"].rsplit(":", 1)[1]


def wrong_refusal(outcome, answer, caller, is_head):
    if answer.status != outcome.status:
        return f"{answer.status} {problem_of(answer)}, not {outcome.value}"
    if not is_head and problem_of(answer) != outcome.word:
        return f"{problem_of(answer)}, not {outcome.word}"
    if answer.status in (400, 431) and not says_close(answer):
        return "the answer does not say that the connection ends"
    if says_close(answer) and not caller.has_ended:
        return "the connection stays open"
    return None


def wrong_answer(kind, outcome, answer, caller, is_head):
    """What is wrong with one answer; None when nothing is."""
    wanted = {"arrives": 200, "waits": 428, "continue": 100, "breaks": 502}
    if kind == "refused":
        return wrong_refusal(outcome, answer, caller, is_head)
    if kind == "relayed":
        if answer.status != outcome.status:
            return f"{answer.status}, not {outcome.status}"
        missing = [field for field in outcome.fields
                   if tuple(field.split(": ", 1)) not in answer.fields]
        if missing:
            return f"{answer} lacks {missing}"
        return None if is_head or answer.body == outcome.body else f"body {answer.body[:80]}"
    if answer.status != wanted[kind]:
        return f"{answer.status} {problem_of(answer)}, where it {kind}"
    if kind == "waits" and problem_of(answer) != "approval-pending" and not is_head:
        return f"waits with {problem_of(answer)}"
    return None


def wrong_answers(outcomes, kinds, caller):
    """What is wrong with all that a caller got."""
    if caller.problem:
        return caller.problem
    told = [(kind, outcome) for kind, outcome in zip(kinds, outcomes) if kind != "gone"]
    for turn, (kind, outcome) in enumerate(told):
        if turn >= len(caller.answers):
            return f"no answer where it {kind}: {outcome.value} (ended: {caller.has_ended})"
        is_head = turn < len(caller.heads) and caller.heads[turn]
        wrong = wrong_answer(kind, outcome, caller.answers[turn], caller, is_head)
        if wrong:
            return wrong
    if len(caller.answers) > len(told):
        return f"one answer too many: {caller.answers[len(told)]}"
    if "gone" in kinds and not caller.has_ended:
        return "the connection stays open"
    return None


def wrong_arrival(outcome, message, is_gated):
    """What is wrong with a request that arrived."""
    if message.first_line != outcome.value:
        return f"arrives as {message.first_line!r}, not {outcome.value!r}"
    fields = [f"{name}: {value}" for name, value in message.fields
              if name.lower() not in OWN_FIELDS]
    if fields != outcome.fields:
        return f"brings the fields {fields}, not {outcome.fields}"
    if message.body != outcome.body:
        return f"brings the body {message.body[:80]!r}"
    names = [name.lower() for name, _ in message.fields]
    twice = {name for name in names if name in OWN_FIELDS and names.count(name) > 1}
    if twice or names.count("host") != 1:
        return f"has {twice or 'no Host'} twice: {message}"
    if message.value("x-forwarded-for") not in ("127.0.0.1", "unix"):
        return f"comes from {message.value('x-forwarded-for')}"
    if message.values("connection") != (["close"] if is_gated else []):
        return f"says {message.values('connection')} of the connection"
    if is_gated and message.values("transfer-encoding"):
        return "is gated and chunked"
    return None


def shown_body(request):
    if request.get("body_base64"):
        return base64.b64decode(request["body_base64"])
    return (request.get("body") or "").encode()


def wrong_display(outcome, request):
    """What is wrong with how people are shown a request."""
    method, target, _ = outcome.value.split(" ")
    path, mark, query = target.partition("?")
    shown = (request["method"], request["path"], request.get("query"))
    if shown != (method, path, query if mark else None):
        return f"is shown as {shown}"
    if shown_body(request) != outcome.body:
        return f"is shown with the body {shown_body(request)[:80]!r}"
    return None
