# Wrong configurations: each with an error that a person can act on.
# SPDX-License-Identifier: Apache-2.0
import re
import socket
import subprocess

import pytest

from services import PROGRAM, Countersign, Process, free_port

GOOD = """\
listen:
  - address: 127.0.0.1:@PORT@
admin:
  address: 127.0.0.1:@ADMIN@
store: {redis: "redis://127.0.0.1:6379", namespace: test}
state_dir: @FOLDER@/state
audit: {file: @FOLDER@/audit.jsonl}
identity:
  tokens:
    - {user: alice, groups: [sre], sha256: "@DIGEST@"}
sites:
  - name: users
    upstream: http://127.0.0.1:8080
    rules:
      - {name: public, match: {path: /public/**}, verdict: allow}
      - name: users.delete
        match: {method: DELETE, path: "/admin/users/{id}"}
        verdict: approval
        approval:
          from: {group: sre, count: 1}
          hold_for: 30s
"""

# What is replaced by what; then line and column of the complaint, and words it must hold.
WRONG = {
    "unknown key at the top": ("state_dir:", "state_dri:", 6, 1, ["state_dri", "state_dir"]),
    "unknown key in a rule": ("hold_for: 30s", "hold_fro: 30s", 21, 11, ["hold_fro", "hold_for"]),
    "unknown word": ("verdict: allow", "verdict: alow", 15, None, ["alow", "allow"]),
    "wrong type": ("groups: [sre]", "groups: {sre: 1}", 10, 29, ["groups", "list"]),
    "not a duration": ("hold_for: 30s", "hold_for: half a minute", 21, 21, ["hold_for", "duration"]),
    "not a number": ("count: 1", "count: one", 20, None, ["count"]),
    "a count of none": ("count: 1", "count: 0", 20, None, ["count"]),
    "duplicate key": ("hold_for: 30s", "hold_for: 30s\n          hold_for: 40s", 22, 11,
                      ["hold_for"]),
    "missing key": ("    upstream: http://127.0.0.1:8080\n", "", None, None, ["upstream"]),
    "not an address": ("http://127.0.0.1:8080", "users.internal:8080", 13, 15, ["upstream"]),
    "unclosed capture": ("/admin/users/{id}", "/admin/users/{id", 17, None, ["{id"]),
    "broken regex": ('path: "/admin/users/{id}"', 'path_regex: "^/admin/("', 17, None,
                     ["path_regex"]),
    "yes for true": ("verdict: allow}", "verdict: allow, observe: yes}", 15, None, ["observe"]),
    "anchor": ("from: {group", "from: &sre {group", 20, None, ["anchor"]),
    "tag": ("hold_for: 30s", "hold_for: !!str 30s", 21, None, ["tag"]),
    "not YAML": ("rules:\n", "rules: [\n", None, None, []),
    "token digest too short": ("@DIGEST@", "abc", 10, None, ["sha256"]),
    "two rules of one name": ("name: public", "name: users.delete", None, None,
                              ["users.delete"]),
    "plain HTTP for everybody": ("address: 127.0.0.1:@ADMIN@", "address: 0.0.0.0:@ADMIN@", 4,
                                 None, ["admin"]),
    "not supported yet": ("hold_for: 30s", "confirm: passkey", 21, None, ["not supported yet"]),
    "include of a file that is not there": (
        "- {name: public", "- include: rules.d.yaml\n      - {name: public", 15, 18,
        ["rules.d.yaml", "No such file"]),
    "sinks not supported yet": ("audit: {file: @FOLDER@/audit.jsonl}",
                                "audit: {file: @FOLDER@/audit.jsonl, sinks: [{type: http}]}",
                                7, None, ["not supported yet"]),
}


def check(file):
    return subprocess.run([PROGRAM, "check", "--config", file], capture_output=True, text=True,
                          timeout=20, stdin=subprocess.DEVNULL)


def write(folder, text):
    values = {"PORT": free_port(), "ADMIN": free_port(), "FOLDER": folder, "DIGEST": "0" * 64}
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    file = folder / "countersign.yaml"
    file.write_text(text)
    return file


def test_good_configuration_passes(folder):
    done = check(write(folder, GOOD))
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("case", WRONG)
def test_wrong_configuration_is_explained(folder, case):
    old, new, line, column, words = WRONG[case]
    assert old in GOOD
    file = write(folder, GOOD.replace(old, new, 1))
    done = check(file)
    said = done.stderr + done.stdout
    assert done.returncode == 1, said
    place = re.search(re.escape(str(file)) + r":(\d+):(\d+)", said)
    assert place, said
    if line:
        assert int(place.group(1)) == line, said
    if column:
        assert int(place.group(2)) == column, said
    assert "^" in said, "no caret"
    for word in words:
        assert word in said, said
    assert "\x1b" not in said


def test_all_errors_in_one_run(folder):
    text = GOOD.replace("hold_for: 30s", "hold_fro: 30s").replace(
        "verdict: allow", "verdict: alow").replace("state_dir:", "state_dri:")
    said = check(write(folder, text)).stderr
    for word in ("hold_fro", "alow", "state_dri"):
        assert word in said, said
    assert len(re.findall(r"countersign\.yaml:\d+:\d+", said)) >= 3


def test_file_that_is_not_there(folder):
    done = check(folder / "missing.yaml")
    assert done.returncode == 1 and "missing.yaml" in done.stderr + done.stdout


def test_serve_refuses_what_check_refuses(folder):
    file = write(folder, GOOD.replace("state_dir:", "state_dri:"))
    done = subprocess.run([PROGRAM, "serve", "--config", file], capture_output=True, text=True,
                          timeout=20)
    assert done.returncode == 1 and "state_dri" in done.stderr
    assert not (folder / "audit.jsonl").exists()


@pytest.mark.parametrize("which", ["listen", "admin"])
def test_address_in_use_ends_the_start(folder, which):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        proxy = Countersign(folder / "node", "http://127.0.0.1:1", "embedded", [])
        section = proxy.config["admin"] if which == "admin" else proxy.config["listen"][0]
        section["address"] = f"127.0.0.1:{port}"
        proxy.write()
        done = subprocess.run([PROGRAM, "serve", "--config", proxy.file], capture_output=True,
                              text=True, timeout=30)
    assert done.returncode == 1
    assert str(port) in done.stderr


def test_admin_address_is_not_shared_with_a_second_process(serve, folder):
    first = serve()
    second = Countersign(folder / "second", "http://127.0.0.1:1", first.config["store"]["redis"],
                         [])
    second.config["admin"]["address"] = f"127.0.0.1:{first.admin_port}"
    second.write()
    process = Process([PROGRAM, "serve", "--config", second.file], folder / "second.log")
    try:
        assert process.child.wait(10) == 1
    finally:
        process.sweep()
    assert str(first.admin_port) in process.said()


def test_usage_errors_exit_with_two():
    for words in ([], ["serve", "--frobnicate"], ["check", "extra", "words"]):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=20)
        assert done.returncode == 2, words
