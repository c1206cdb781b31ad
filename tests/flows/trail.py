# The audit trail as tests read it: JSON lines, and an independent check of the chain.
# SPDX-License-Identifier: Apache-2.0
import collections
import hashlib
import json


def read(file):
    """All whole lines; the last one may still be on its way."""
    if not file.exists():
        return []
    return [json.loads(line) for line in lines(file)]


def lines(file):
    data = file.read_bytes()
    return data[:data.rfind(b"\n") + 1].splitlines()


def get(record, path):
    """get(record, "approval.id"); None when some part is not there."""
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


def select(records, event=None, **wanted):
    """Records of that event whose members have these values; `approval__id` is approval.id."""
    return [record for record in records
            if (event is None or record["event"] == event)
            and all(get(record, key.replace("__", ".")) == value
                    for key, value in wanted.items())]


def events_of(records, ticket):
    """What happened to one approval, in the order of time: lines of different threads may
    stand in another order."""
    told = [record for record in records if get(record, "approval.id") == ticket]
    return [record["event"] for record in sorted(told, key=lambda record: record["time"])]


def check_chains(file):
    """Every line of a chain follows the one before it: seq by one, prev by SHA-256."""
    last = {}
    for line in lines(file):
        record = json.loads(line)
        chain = record["chain"]
        if chain in last:
            seq, digest = last[chain]
            assert record["seq"] == seq + 1, (chain, seq, record["seq"])
            assert record["prev"] == digest, (chain, record["seq"])
        last[chain] = (record["seq"], hashlib.sha256(line).hexdigest())


def check_forwards(records, received):
    """
    What went upstream is what the trail says: for each gated call that arrived a claim that
    was recorded before, never more often than claimed, and no claim twice.
    """
    claims = collections.Counter(get(r, "approval.id") for r in records
                                 if r["event"] == "approval.claimed")
    arrived = collections.Counter(r.header("Countersign-Ticket") for r in received
                                  if r.header("Countersign-Ticket"))
    for ticket, count in arrived.items():
        assert count <= claims[ticket], f"{ticket} ran {count} times, claimed {claims[ticket]}"
