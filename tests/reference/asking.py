# What is asked of people, alone and of several rules at once: docs/rules.md, "Which rule wins".
# SPDX-License-Identifier: Apache-2.0
DEFAULTS = {"mode": "hold", "hold_for": "50s", "expires": "30m", "valid_for": "10m", "uses": 1,
            "bind": "exact", "reason": "optional", "on_disconnect": "cancel",
            "pending_status": 428}
MOST_GROUPS, MOST_PATTERNS, MOST_PARTS = 16, 8, 32
_UNITS = {"ms": 1000, "s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}


class TooMuch(Exception):
    """More than an approval can say."""


def microseconds(text):
    digits = text.rstrip("mshd")
    return int(digits) * _UNITS[text[len(digits):]]


def is_part_of(inner, outer):
    """Whether one part of a bind is the other, or a part of it: body:/a/b of body:/a."""
    inner_kind, _, inner_name = inner.partition(":")
    outer_kind, _, outer_name = outer.partition(":")
    if inner_kind != outer_kind:
        return False
    if inner_kind == "header":
        return inner_name.lower() == outer_name.lower()
    return outer == outer_kind or inner_name == outer_name or (
        inner_kind == "body" and inner_name.startswith(outer_name + "/"))


def fewest(parts):
    """A list without what another of its parts covers."""
    parts = {part.lower() if part.startswith("header:") else part for part in parts} - {"path"}
    return sorted(part for part in parts if not any(
        part != other and is_part_of(part, other) for other in parts))


def bound(binds):
    """Everything is signed that one of them wants."""
    if "exact" in binds:
        return "exact"
    named = [part for bind in binds if isinstance(bind, list) for part in bind]
    left_out = [bind["exact_except"] for bind in binds if isinstance(bind, dict)]
    if not left_out:
        parts = fewest(named)
        if len({*named}) > MOST_PARTS:
            raise TooMuch
        return parts
    both = {part for parts in left_out for part in parts
            if all(any(is_part_of(part, other) for other in others) for others in left_out)}
    kept = fewest(part for part in both if not any(
        is_part_of(part, name) or is_part_of(name, part) for name in named))
    if len(kept) > MOST_PARTS:
        raise TooMuch
    return {"exact_except": kept} if kept else "exact"


def bound_names(bind):
    """What `query:`, `header:` and `body:/` name, as (kind, name), queries first."""
    parts = bind["exact_except"] if isinstance(bind, dict) else bind
    parts = [] if parts == "exact" else parts
    kinds = {"query": "query", "header": "headers", "body": "body"}
    found = [part.partition(":") for part in parts if ":" in part]
    return [(kinds[kind], name) for wanted in kinds for kind, _, name in found if kind == wanted]


def all_at_once(asked):
    """One approval from those of several rules, the first of which is listed first."""
    groups = {}
    for each in asked:
        source = each["from"]
        count = source.get("count", 1)
        groups[source["group"]] = max(count, groups.get(source["group"], 0))
    reasons = [each["reason"] for each in asked]
    patterns = sorted({each["pattern"] for each in reasons if isinstance(each, dict)})
    if len(groups) > MOST_GROUPS or len(patterns) > MOST_PATTERNS:
        raise TooMuch

    def any_is(key, word):
        return any(each[key] == word for each in asked)

    return {
        "from": groups,
        "mode": "reject" if any_is("mode", "reject") else "hold",
        "hold_for_us": min(microseconds(each["hold_for"]) for each in asked),
        "expires_us": min(microseconds(each["expires"]) for each in asked),
        "valid_for_us": min(microseconds(each["valid_for"]) for each in asked),
        "uses": min(each["uses"] for each in asked),
        "reason": {"patterns": patterns} if patterns
                  else "required" if "required" in reasons else "optional",
        "on_disconnect": "cancel" if any_is("on_disconnect", "cancel") else "keep",
        "pending_status": asked[0]["pending_status"],
        "bind": bound([each["bind"] for each in asked]),
    }
