# The verifier that docs/audit.md prints: it reads real trails, and agrees with ours.
# SPDX-License-Identifier: Apache-2.0
import pathlib
import re
import subprocess
import sys

from conftest import PUBLIC, delete_rule
from trail import lines

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "audit.md").read_text()


def printed_verifier(file):
    code = re.search(r"```python\n(.*?)```", DOCUMENT, re.S).group(1)
    return subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True)


def test_printed_verifier_agrees_with_the_program(serve, folder):
    proxy = serve([delete_rule(), PUBLIC])
    for number in range(5):
        proxy.call("GET", f"/public/{number}")
    proxy.stop()
    proxy.start()
    proxy.call("GET", "/public/again")
    proxy.stop()
    done = printed_verifier(proxy.audit_file)
    assert done.returncode == 0, done.stderr
    heads = [line.split()[1] for line in done.stdout.splitlines()]
    assert len(heads) == 2
    done = proxy.run("audit", "verify", "--head", heads[1], str(proxy.audit_file))
    assert done.returncode == 0, done.stdout

    copy = folder / "copy.jsonl"
    kept = lines(proxy.audit_file)
    for number in range(len(kept)):
        copy.write_bytes(b"\n".join(kept[:number] + kept[number + 1:]) + b"\n")
        harmed = proxy.run("audit", "verify", "--head", heads[1], str(copy))
        assert harmed.returncode == 1, harmed.stdout
        if number + 1 < len(kept):
            assert printed_verifier(copy).returncode != 0, number + 1
    proxy.start()


def test_every_event_stands_in_the_document():
    table = (ROOT / "audit" / "records.def").read_text()
    rows = re.findall(r'^RECORD\(\w+,\s*"(.+?)",\s*"(.+?)",\s*"(.+?)"\)', table, re.M)
    assert len(rows) > 20
    for event, code, severity in rows:
        row = next(row for row in DOCUMENT.splitlines() if f"`{event}`" in row and code in row)
        assert severity in row


def test_every_common_member_stands_in_the_document(serve):
    proxy = serve([delete_rule(), PUBLIC])
    with proxy.begin("DELETE", "/admin/users/7") as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        held.answer()
    proxy.call("GET", "/public/a?token=x")
    proxy.record("request.allowed")

    def names(record, path=""):
        for key, value in record.items():
            yield f"{path}{key}"
            if isinstance(value, dict):
                yield from names(value, f"{path}{key}.")

    for record in proxy.records():
        for name in names(record):
            group, _, member = name.rpartition(".")
            assert f"`{name}`" in DOCUMENT or f"`.{member}`" in DOCUMENT \
                or any(f"`{name}{end}" in DOCUMENT for end in (".",)), name
