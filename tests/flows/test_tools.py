# What can be asked before it bites: explain, test, replay, and that they agree with the wire.
# SPDX-License-Identifier: Apache-2.0
import json
import signal
import subprocess
import xml.etree.ElementTree

import pytest

import trail
from conftest import DELETE, PUBLIC
from services import PROGRAM, identity_tokens, token
from wire import eventually

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SRE = {"from": {"group": "sre"}, "mode": "reject"}

MAIN = [
    PUBLIC,
    {**DELETE, "except": {"requester": {"groups": ["sre"]}}, "approval": SRE},
    {"name": "users.delete.sre", "verdict": "allow",
     "match": {"method": "DELETE", "path": "/admin/users/{id}", "requester": {"groups": ["sre"]}}},
    {"name": "wipe", "match": {"path": "/wipe/**"}, "verdict": "deny"},
    {"name": "support", "match": {"path": "/support", "requester": {"groups": ["support"]}},
     "verdict": "allow"},
    {"name": "no.contractors", "match": {"path": "/support", "requester": {"groups": ["guest"]}},
     "verdict": "deny"},
    {"name": "pay", "match": {"method": "POST", "path": "/pay", "body": {"/amount": {"lt": 100}}},
     "verdict": "allow"},
    {"name": "pay.large", "verdict": "approval", "approval": {**SRE, "bind": ["body:/amount"]},
     "match": {"method": "POST", "path": "/pay", "body": {"/amount": {"not": {"lt": 100}}}}},
    {"name": "form", "match": {"method": "POST", "path": "/form", "form": {"kind": "soft"}},
     "verdict": "allow"},
    {"name": "search", "match": {"path": "/search", "query": {"force": {"exists": False}}},
     "verdict": "allow"},
    {"name": "search.force", "match": {"path": "/search", "query": {"force": "true"}},
     "verdict": "approval", "approval": SRE},
    {"name": "header", "match": {"path": "/header", "headers": {"X-Mode": "safe"}},
     "verdict": "allow"},
    {"name": "reason", "match": {"path": "/reason"}, "verdict": "approval",
     "approval": {**SRE, "reason": {"pattern": "OPS-[0-9]+"}}},
    {"name": "hold", "match": {"path": "/hold"}, "verdict": "approval",
     "approval": {"from": {"group": "sre"}}},
    {"name": "local", "match": {"path": "/local", "source": ["127.0.0.0/8"]}, "verdict": "allow"},
    {"name": "far", "match": {"path": "/far", "source": ["10.0.0.0/8"]}, "verdict": "allow"},
    {"name": "watched.wipe", "match": {"path": "/public/wipe"}, "verdict": "deny",
     "observe": True},
    {"name": "watched.ask", "match": {"path": "/public/ask"}, "verdict": "approval",
     "approval": SRE, "observe": True},
    {"name": "watched.body", "observe": True, "verdict": "approval", "approval": SRE,
     "match": {"method": "POST", "path": "/public/body", "body": {"/x": 1}}},
]
SMALL = {"inspected_body_max": 64, "held_body_max": 32}
# Hosts other than the main site's; each a site of its own.
SITES = {
    "required.test": {"callers": "required", "otherwise": "allow", "rules": []},
    "anyone.test": {"callers": "anyone", "rules": [{"name": "gate", "match": {"path": "/g"},
                                                    "verdict": "approval", "approval": SRE}]},
    "watched.test": {"observe": True, "rules": MAIN},
    "rpc.test": {"error_format": "jsonrpc", "rules": MAIN},
    "small.test": {"limits": {**SMALL, "target_max": 200, "headers_max": 5}, "rules": MAIN},
    "open.test": {"encoded_slash": "keep", "matrix": "keep", "bodies_on": ["GET"],
                  "otherwise": "allow", "rules": []},
}


def ask(method, url, host="admin.test", user="alice", headers=None, body=None):
    return {"method": method, "url": url, "host": host, "user": user,
            "headers": list((headers or {}).items()), "body": body}


def pay(body, **more):
    return ask("POST", "/pay", headers={**JSON, **more.pop("headers", {})}, body=body, **more)


ASKED = [
    ask("GET", "/public/a"), ask("GET", "/public/a", user=None), ask("GET", "/elsewhere"),
    ask("GET", "/public/a?b=%41"), ask("HEAD", "/public/a"), ask("FROB", "/public/a"),
    ask("DELETE", "/admin/users/7"), ask("DELETE", "/admin/users/8", user=None),
    ask("DELETE", "/admin/users/7", user="bob"), ask("DELETE", "/ADMIN/users/9"),
    ask("DELETE", "/ADMIN/users/9", user="bob"), ask("DELETE", "/admin/users/7/"),
    ask("GET", "/wipe/x"), ask("GET", "/Wipe/x"), ask("GET", "/wipe"),
    ask("GET", "/support"), ask("GET", "/support", user="bob"), ask("GET", "/support", user=None),
    pay('{"amount": 5}'), pay('{"amount": 500}'), pay('{"amount": 1e2}'), pay('{"amount": "5"}'),
    pay('{"amount": 5, "amount": 500}'), pay('{"Amount": 5}'), pay('{"amount": 5'), pay(""),
    pay('{"amount": 600}', user=None), pay('{"amount": 5}', headers={"Content-Encoding": "gzip"}),
    pay('{"amount": 5}', headers={"Content-Type": "text/plain"}), ask("POST", "/pay"),
    ask("POST", "/form", headers=FORM, body="kind=soft"),
    ask("POST", "/form", headers=FORM, body="kind=hard"),
    ask("POST", "/form", headers=FORM, body="kind=soft&kind=hard"),
    ask("POST", "/form", headers=FORM, body="kind=%zz"),
    ask("POST", "/form", headers=JSON, body='{"kind": "soft"}'),
    ask("GET", "/search"), ask("GET", "/search?force=true"), ask("GET", "/search?force=false"),
    ask("GET", "/search?force=true&force=false"), ask("GET", "/search?FORCE=true"),
    ask("GET", "/search?a;force=true"), ask("GET", "/search?%66orce=true"),
    ask("GET", "/header", headers={"X-Mode": "safe"}), ask("GET", "/header"),
    ask("POST", "/reason"), ask("POST", "/reason", headers={"Countersign-Reason": "because"}),
    ask("POST", "/reason", headers={"Countersign-Reason": "OPS-7"}),
    ask("POST", "/hold", headers={"Prefer": "respond-async"}),
    ask("POST", "/hold?2", headers={"Prefer": "wait=0"}),
    ask("GET", "/local"), ask("GET", "/far"),
    ask("GET", "/public/wipe"), ask("GET", "/public/ask"),
    ask("POST", "/public/body", headers=JSON, body='{"x": 1}'),
    ask("POST", "/public/body", headers=JSON, body='{"x": 1'),
    ask("GET", "/a/../b"), ask("GET", "/public/a%2Fb"), ask("GET", "/public/a;b"),
    ask("GET", "/public/%"), ask("GET", "public/a"), ask("GET", "/public//a"),
    ask("GET", "/public/a", body="x"), ask("GET", "/public/a", headers={"X": "a\x01b"}),
    ask("GET", "/public/a", headers={"X-HTTP-Method-Override": "DELETE"}),
    ask("GET", "/public/a", headers={"Connection": "frob"}),
    ask("GET", "/public/a", user=None, headers={"Countersign-Token": "wrong"}),
    ask("GET", "/public/a", user=None, headers={"Authorization": "Bearer wrong"}),
    ask("GET", "/support", user=None, headers={"Authorization": f"Bearer {token('alice')}"}),
    ask("GET", "/public/a", headers={"Authorization": "Bearer for-the-upstream"}),
    ask("GET", "/public/a", host="nobody.test"), ask("GET", "/public/a", host="a b"),
    ask("GET", "/x", "required.test"), ask("GET", "/x", "required.test", user=None),
    ask("GET", "/g", "anyone.test", user=None), ask("GET", "/h", "anyone.test", user=None),
    ask("DELETE", "/admin/users/7", "watched.test"),
    ask("DELETE", "/admin/users/7", "watched.test", user=None),
    ask("GET", "/wipe/x", "watched.test"), ask("GET", "/elsewhere", "watched.test"),
    ask("GET", "/public/ask", "watched.test"), ask("GET", "/a/../b", "watched.test"),
    ask("GET", "/search?force=1&force=2", "watched.test"),
    pay('{"amount": 5', host="watched.test"), pay('{"amount": 500}', host="watched.test"),
    ask("DELETE", "/admin/users/7", "rpc.test"), ask("GET", "/elsewhere", "rpc.test"),
    ask("GET", "/a/../b", "rpc.test"), ask("GET", "/public/a", "rpc.test"),
    pay('{"amount": 5}', host="small.test"),
    pay('{"amount": 500, "pad": "%s"}' % ("x" * 20), host="small.test"),
    pay('{"amount": 5, "pad": "%s"}' % ("x" * 80), host="small.test"),
    ask("GET", "/public/" + "a" * 300, "small.test"),
    ask("GET", "/public/a", "small.test", headers={f"X-{i}": "x" for i in range(9)}),
    ask("GET", "/a%2Fb;c=d", "open.test"), ask("GET", "/a", "open.test", body="x"),
]
TOLD = {"request.allowed": "allow", "request.denied": "deny", "request.refused": "refuse",
        "request.failed": "allow", "approval.opened": "approval", "approval.joined": "approval"}




def sites(upstream):
    own = {"name": "admin", "hosts": ["admin.test"], "upstream": upstream.url, "rules": MAIN}
    return [own, *({"name": host.split(".")[0], "hosts": [host], "upstream": upstream.url, **more}
                   for host, more in SITES.items())]


def explain(file, asked, *words):
    """Each of these requests explained, as a list."""
    lines = "".join(json.dumps({key: value for key, value in one.items() if value is not None})
                    + "\n" for one in asked)
    done = subprocess.run([PROGRAM, "explain", "--batch", "--config", file, *words],
                          input=lines, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done
    return [json.loads(line) for line in done.stdout.splitlines()]


def send(proxy, asked):
    """What a request really gets: outcome, status, problem, rule, what would have been."""
    seen = len([r for r in proxy.records() if r["event"] in TOLD])
    before = len(proxy.records())
    user = proxy.who(asked["user"])
    body = asked["body"].encode() if asked["body"] is not None else None
    with proxy.connect() as caller:
        caller.ask(asked["method"], asked["url"], {**user, **dict(asked["headers"])}, body,
                   asked["host"])
        got = caller.answer()
    record = eventually(lambda: [r for r in proxy.records() if r["event"] in TOLD][seen:])[0]
    would = [r for r in proxy.records()[before:] if r["event"].startswith("would.")]
    problem = got.problem
    if got.header("Content-Type") == "application/json" and b'"jsonrpc"' in got.body:
        problem = got.json()["error"]["data"]["type"].rsplit(":", 1)[1]
    if got.status == 202:
        problem = "approval-pending"
    return {"outcome": TOLD[record["event"]],
            "status": None if got.header("Countersign-Test") else got.status, "problem": problem,
            "rule": trail.get(record, "rule.name"), "site": record.get("site"),
            "would": [(r["event"], trail.get(r, "rule.name")) for r in would]}


def told(one):
    would = one.get("would")
    return {"outcome": one["outcome"], "status": one.get("status"), "problem": one.get("problem"),
            "rule": one.get("rule"), "site": one.get("site"),
            "would": [("would.hold" if would["verdict"] == "approval" else "would.deny",
                       would.get("rule"))] if would else []}


def test_explain_agrees_with_the_wire(serve, upstream):
    proxy = serve(sites=sites(upstream), limits={"pending_per_requester": 1000})
    explained = explain(proxy.file, ASKED)
    assert len(explained) == len(ASKED)
    wrong = []
    for asked, one in zip(ASKED, explained):
        real = send(proxy, asked)
        if real["outcome"] == "allow":
            assert real["status"] == 200
            real["status"] = None
        if real != told(one):
            wrong.append((asked, "wire", real, "explain", told(one)))
    assert not wrong, "\n".join(map(str, wrong))
    assert {one["outcome"] for one in explained} == {"allow", "deny", "approval", "refuse"}


# --- explain ------------------------------------------------------------------------------------


@pytest.fixture
def policy(folder):
    """A configuration that only its policy can be read of: no secret is there, no name known."""
    (folder / "keys").mkdir()
    config = {
        "listen": [{"address": "callers.invalid:8443"}],
        "admin": {"address": "127.0.0.1:9443"},
        "store": {"redis": "redis://redis.invalid:6379", "username": "cs",
                  "password_file": "keys/redis.pass"},
        "approvals": {"binding_secret": "keys/secret",
                      "trusted_keys": [{"key": "keys/other.pub", "role": "admin"}]},
        "state_dir": str(folder / "state"),
        "identity": {"tokens": identity_tokens()},
        "sites": [{"name": "admin", "hosts": ["admin.test"], "upstream": "http://users.invalid",
                   "rules": [DELETE, PUBLIC, *MAIN[3:]]}],
    }
    file = folder / "countersign.yaml"
    file.write_text(json.dumps(config, indent=1))
    return file


def run(policy, *words, **options):
    return subprocess.run([PROGRAM, *words, "--config", policy], text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, **options)


def test_tools_need_no_secret_no_name_and_no_state_dir(policy, folder):
    assert run(policy, "check").returncode == 1
    done = run(policy, "explain", "GET", "/public/a")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "outcome    allow by public" in done.stdout
    assert not (folder / "state").exists()


@pytest.mark.parametrize("words, says", [
    (("GET", "/elsewhere"), ["outcome    deny", "403 denied-by-rule", "that do not match"]),
    (("DELETE", "/admin/users/7"), ["caller     not named", "401 identity-required"]),
    (("DELETE", "/admin/users/7", "--as", "alice"),
     ["caller     alice of support", "approval by users.delete: Delete user 7", "1 of sre",
      'path: "/admin/users/7"', "people have 30m"]),
    (("GET", "/support", "--as", "carl", "--group", "support", "--group", "x"),
     ["caller     carl of support, x", "outcome    allow by support"]),
    (("GET", "/support", "-H", f"Countersign-Token: {token('alice')}"),
     ["caller     alice of support", "outcome    allow by support"]),
    (("POST", "/pay", "-d", '{"amount": 7}'), ["outcome    allow by pay", "asks {", 'sees "7"']),
    (("GET", "/WIPE/x"), ["cannot tell path", "outcome    deny by wipe"]),
    (("GET", "/far", "--source", "10.1.2.3"), ["outcome    allow by far"]),
    (("GET", "/far"), ["outcome    deny"]),
    (("GET", "https://elsewhere.test/x"), ["421 unknown-host"]),
    (("GET", "/public/a", "-H", "Host: elsewhere.test"), ["421 unknown-host"]),
    (("GET", "/public/wipe"), ["outcome    allow by public", "would be   deny by watched.wipe"]),
    (("GET", "/.well-known/countersign/approvals/x"), ["outcome    status"]),
    (("GET", "/public/a", "--rules"), ["- users.delete (approval)", "* public (allow)"]),
    (("GET", "/public/\x1b[31m"), ["400"]),
])
def test_explain_says(policy, words, says):
    done = run(policy, "explain", *words)
    assert (done.returncode, done.stderr) == (0, ""), done
    for text in says:
        assert text in done.stdout, done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("words, says", [
    (("GET",), "which METHOD and which URL?"),
    (("GET", "/", "more"), "which METHOD and which URL?"),
    (("GET", "/", "--as", "nobody"), "no token of identity.tokens names nobody"),
    (("GET", "/", "--group", "sre"), "--group goes with --as"),
    (("GET", "/", "-H", "X-Mode"), "-H takes 'Name: value', not \"X-Mode\""),
    (("GET", "/", "--source", "1.2.3"), "--source takes an address"),
    (("GET", "/", "--time", "now"), "--time takes"),
    (("GET", "/", "--colour"), "no option --colour"),
    (("GET", "/", "--output", "xml"), "--output"),
    (("GET", "/", "--batch"), "--batch takes its requests from standard input"),
])
def test_explain_names_what_is_wrong_with_its_arguments(policy, words, says):
    done = run(policy, "explain", *words)
    assert done.returncode == 2 and says in done.stderr.splitlines()[0], done
    assert not done.stdout


def test_explain_exits_1_without_a_policy_or_a_body(policy, folder):
    done = run(folder / "missing.yaml", "explain", "GET", "/")
    assert done.returncode == 1 and "missing.yaml" in done.stderr
    done = run(policy, "explain", "POST", "/pay", "-d", "@/nowhere")
    assert done.returncode == 1 and "/nowhere" in done.stderr
    policy.write_text("sites: [{nam: x}]")
    done = run(policy, "explain", "GET", "/")
    assert done.returncode == 1 and 'did you mean "name"?' in done.stderr


def test_explain_takes_a_body_of_a_file_and_prints_json(policy, folder):
    body = folder / "body.json"
    body.write_text('{"amount": 700}')
    done = run(policy, "explain", "POST", "/pay", "--as", "alice", "-d", f"@{body}", "--output",
               "json")
    told_of = json.loads(done.stdout)
    assert (told_of["outcome"], told_of["rule"]) == ("approval", "pay.large")
    assert told_of["approval"]["bind"] == ["body:/amount"]
    assert "700" in json.dumps(told_of["signed"]) and told_of["signed"]["headers"] == {}
    rules = {rule["rule"]: rule for rule in told_of["explanation"]["rules"]}
    assert rules["pay.large"]["applies"] and not rules["pay"]["applies"]


def test_batch_names_the_lines_that_are_no_requests(policy):
    lines = ['{"method": "GET", "url": "/public/a"}', '{"method": "GET"}', "nonsense", "[]",
             '{"method": "GET", "url": "/", "header": []}',
             '{"method": "GET", "url": "/", "headers": {"a": "b"}}',
             '{"method": "GET", "url": "/", "user": "nobody"}',
             '{"method": "POST", "url": "/", "body": {"a": 1}}',
             '{"method": "GET", "url": "/", "time": "noon"}',
             '{"method": "GET", "url": "/", "source": "here"}',
             '{"method": "GET", "url": "/", "user": "x", "groups": ["sre"]}']
    done = subprocess.run([PROGRAM, "explain", "--batch", "--config", policy], text=True,
                          input="\n".join(lines), capture_output=True, timeout=60)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1 and len(answers) == len(lines)
    assert ["error" in answer for answer in answers] == [False] + [True] * 9 + [False]


# --- test ---------------------------------------------------------------------------------------

CASES = """\
cases:
  - {name: reading passes, request: GET /public/a, expect: allow}
  - name: "deleting asks  # whatever TODO says"
    request: DELETE /admin/users/7
    as: alice
    expect: {verdict: approval, rule: users.delete, from: [sre], title: Delete user 7}
  - {name: large sums ask, request: POST /pay, as: alice, body: '{"amount": 700}',
     expect: {verdict: approval, status: 428, problem: approval-pending}}
  - {name: strangers, request: GET /support, as: {user: x, groups: [guest]}, expect: deny}
  - {name: two hosts, request: "GET http://elsewhere.test/", expect: {verdict: refuse,
     problem: unknown-host, status: 421}}
  - {name: form, request: POST /form, headers: {Content-Type: application/x-www-form-urlencoded},
     body: kind=soft, expect: {verdict: allow, would: nothing}}
  - {name: watched, request: GET /public/wipe, expect: {verdict: allow, would: deny}}
  - {name: asked, request: GET /public/ask, expect: {would: hold}}
  - {name: from afar, request: GET /far, source: 10.0.0.1, time: "2026-11-22T08:00:00Z",
     expect: allow}
"""


def cases(folder, text, name="cases.yaml"):
    file = folder / name
    file.write_text(text)
    return file


def test_cases_that_are_met_exit_0(policy, folder):
    done = run(policy, "test", cases(folder, CASES))
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = done.stdout.splitlines()
    assert lines[0] == "TAP version 13" and lines[-1] == "1..9"
    assert lines[1] == "ok 1 - reading passes"
    assert lines[2] == "ok 2 - deleting asks  \\# whatever TODO says", "a directive"


WRONG_CASES = {
    "verdict": ("GET /public/a, expect: deny", "verdict: expected deny, is allow"),
    "rule": ("GET /public/a, expect: {rule: x}", "rule: expected x, is public"),
    "problem": ("GET /x, expect: {problem: expired}", "problem: expected expired, is denied-by-rule"),
    "status": ("GET /x, expect: {status: 401}", "status: expected 401, is 403"),
    "from": ("DELETE /admin/users/7, as: alice, expect: {from: [a, b]}", "from: is sre"),
    "nobody": ("GET /public/a, expect: {from: sre}", "from: nobody is asked"),
    "title": ("DELETE /admin/users/7, as: alice, expect: {title: 'a \"b\"'}",
              'title: expected a \\"b\\", is Delete user 7'),
    "would": ("GET /public/wipe, expect: {would: hold}", "would: expected hold, is deny"),
}


@pytest.mark.parametrize("case", WRONG_CASES)
def test_case_that_is_not_met_exits_1_and_names_its_line(policy, folder, case):
    text, says = WRONG_CASES[case]
    file = cases(folder, CASES + f"  - {{name: wrong, request: {text}}}\n")
    line = CASES.count("\n") + 1
    done = run(policy, "test", file)
    assert done.returncode == 1, done
    assert "not ok 10 - wrong" in done.stdout and says in done.stdout, done.stdout
    assert f'at: "{file}:{line}"' in done.stdout
    assert done.stdout.count("not ok") == 1


def test_junit_parses_and_counts(policy, folder):
    first = cases(folder, CASES)
    second = cases(folder, "cases: [{name: 'a <b> & \"c\"', request: GET /x, expect: allow}]",
                   "more.yaml")
    done = run(policy, "test", "--format", "junit", first, second)
    assert done.returncode == 1
    suite = xml.etree.ElementTree.fromstring(done.stdout)
    assert (suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuite", "10", "1")
    found = suite.findall("testcase")
    assert found[-1].get("name") == 'a <b> & "c"'
    assert [one.find("failure") is None for one in found] == [True] * 9 + [False]
    assert "expected allow, is deny" in found[-1].find("failure").get("message")


@pytest.mark.parametrize("text, says", [
    ("cases: [{name: a, reqest: GET /, expect: allow}]", 'did you mean "request"?'),
    ("cases: [{name: a, request: GET /, expect: alow}]", 'did you mean "allow"?'),
    ("cases: [{name: a, request: GET, expect: allow}]", "METHOD and URL"),
    ("cases: [{name: a, request: GET /, as: alise, expect: allow}]", 'did you mean "alice"?'),
    ("cases: [{name: a, request: GET /, source: x, expect: allow}]", "an address, or unix"),
    ("cases: [{name: a, request: GET /, time: x, expect: allow}]", "a time in UTC"),
    ("cases: {}", "list"), ("[]", "map"), ("", "is empty"),
])
def test_file_of_cases_that_cannot_be_read_exits_2(policy, folder, text, says):
    file = cases(folder, text)
    done = run(policy, "test", file)
    assert done.returncode == 2 and says in done.stderr and not done.stdout, done
    assert str(file) in done.stderr


def test_test_without_what_it_needs_exits_2(policy, folder):
    for words in (("test",), ("test", "--format", "html", "x"), ("test", folder / "missing")):
        assert run(policy, *words).returncode == 2
    assert run(folder / "missing", "test", cases(folder, CASES)).returncode == 2


# --- replay -------------------------------------------------------------------------------------


@pytest.fixture
def recorded(serve, upstream):
    """A trail of calls that really ran: 3 reads, 2 deletions that ask, 1 denial, 2 payments."""
    proxy = serve(sites=sites(upstream))
    for target in ("/public/a", "/public/b?c=d", "/public/c"):
        assert proxy.call("GET", target).status == 200
    for user in ("7", "8"):
        assert proxy.call("DELETE", f"/admin/users/{user}").status == 428
    assert proxy.call("GET", "/elsewhere").status == 403
    for body in (b'{"amount": 5}', b'{"amount": 500}'):
        proxy.call("POST", "/pay", headers=JSON, body=body)
    assert proxy.call("GET", "/a/../b").status == 400
    proxy.record("request.allowed", 4)
    proxy.record("request.denied")
    proxy.record("approval.opened", 3)
    return proxy


def replay(proxy, rules, *words, code=0):
    file = proxy.folder / "new.yaml"
    proxy.config["sites"][0]["rules"] = rules
    file.write_text(json.dumps(proxy.config))
    done = subprocess.run([PROGRAM, "replay", "--audit", proxy.audit_file, "--config", file,
                           *words], text=True, capture_output=True, timeout=60)
    assert done.returncode == code, done
    return done.stdout


def test_replay_by_the_same_policy_changes_nothing_it_can_tell(recorded):
    got = json.loads(replay(recorded, MAIN, "--output", "json"))
    # The two payments depend on what their bodies said.
    assert (got["calls"], got["same"]) == (8, 6)
    assert {change["change"].split(" -> ")[1] for change in got["changes"]} == {"unknown"}
    assert got["new"]["unknown"] == 2 and got["recorded"]["approval"] == 3
    assert got["asked"] == {"sre": 2}
    assert got["held_in_busiest_hour"] == 2 and 0 < got["held_per_hour"] <= 2


def test_replay_counts_changes_holds_and_whom_they_ask(recorded):
    rules = [{"name": "reads", "match": {"path": "/public/**"}, "verdict": "approval",
              "approval": {"from": {"group": "ops"}}},
             {"name": "users.delete", "match": {"method": "DELETE", "path": "/admin/users/8"},
              "verdict": "approval", "approval": SRE},
             {"name": "else", "match": {"path": "/elsewhere"}, "verdict": "allow"}]
    got = json.loads(replay(recorded, rules, "--output", "json"))
    changes = {change["change"]: change["calls"] for change in got["changes"]}
    assert changes["allow by public -> approval by reads"] == 3
    assert changes["approval by users.delete -> deny"] == 1
    assert changes["deny -> allow by else"] == 1
    assert changes["allow by pay -> deny"] == 1 and changes["approval by pay.large -> deny"] == 1
    assert (got["same"], got["asked"]) == (1, {"ops": 3, "sre": 1})
    assert got["changes"][0]["calls"] == 3 and "/public/" in got["changes"][0]["example"]
    table = replay(recorded, rules)
    assert "1 of 8 calls would be judged as they were" in table
    assert "3  would ask ops" in table and "4 in the busiest" in table


def test_replay_names_another_gate_as_a_change(recorded):
    rules = [{**DELETE, "name": "renamed"}, PUBLIC, *MAIN[2:]]
    got = json.loads(replay(recorded, rules, "--output", "json"))
    assert {"approval by users.delete -> approval by renamed": 2}.items() <= {
        change["change"]: change["calls"] for change in got["changes"]}.items()


def test_replay_says_what_it_cannot_read(policy, folder):
    empty, junk = folder / "empty", folder / "junk"
    empty.write_text("")
    junk.write_text("nonsense\n{}\n")
    for file, says in ((folder / "missing", "No such file"), (folder, "is a directory"),
                       (empty, "there is no call"), (junk, "there is no call")):
        done = run(policy, "replay", "--audit", file)
        assert done.returncode == 1 and says in done.stderr and not done.stdout, done
    assert run(policy, "replay").returncode == 2
    assert run(folder / "missing", "replay", "--audit", empty).returncode == 1


def test_tools_take_10000_rules_and_100000_calls(folder, policy):
    config = json.loads(policy.read_text())
    config["sites"][0]["rules"] = [
        {"name": f"r{i}", "match": {"path": f"/api/v{i % 7}/things{i}/{{id}}"},
         **({"verdict": "approval", "approval": SRE} if i % 4 == 0 else {"verdict": "allow"})}
        for i in range(10000)]
    policy.write_text(json.dumps(config))
    done = run(policy, "explain", "GET", "/api/v0/things7/1")
    assert "outcome    allow by r7" in done.stdout
    assert "and 9999 that do not match" in done.stdout
    calls = 100000
    line = ('{"time": "2026-11-22T08:00:00.000000Z", "event": "request.allowed", "actor": '
            '{"id": "alice", "groups": []}, "src": {"ip": "10.0.0.1"}, "req": {"method": "GET", '
            '"host": "admin.test", "path": "/api/v%d/things%d/4"}}\n')
    trail_file = folder / "audit.jsonl"
    trail_file.write_text("".join(line % (i % 10000 % 7, i % 10000) for i in range(calls)))
    done = run(policy, "replay", "--audit", trail_file, "--output", "json")
    got = json.loads(done.stdout)
    assert (got["calls"], got["same"]) == (calls, calls * 3 // 4)
    assert got["asked"] == {"sre": calls // 4} == {"sre": got["held_in_busiest_hour"]}


# --- include ------------------------------------------------------------------------------------


def test_included_rules_are_in_force_and_read_again_by_a_reload(serve):
    proxy = serve([PUBLIC])
    more = proxy.folder / "rules.d"
    more.mkdir()
    (more / "10.yaml").write_text("- {name: ten, match: {path: /ten}, verdict: allow}\n")
    proxy.config["sites"][0]["rules"] = [PUBLIC, {"include": "rules.d/*.yaml"}]
    proxy.write()
    proxy.process.signal(signal.SIGHUP)
    eventually(lambda: proxy.call("GET", "/ten").status == 200)
    # Another file makes another policy, without a change to the first.
    (more / "20.yaml").write_text("- {name: twenty, match: {path: /ten}, verdict: deny}\n")
    proxy.process.signal(signal.SIGHUP)
    eventually(lambda: proxy.call("GET", "/ten").status == 403)
    proxy.record("config.loaded", 3)
    hashes = [record["config"]["hash"] for record in proxy.records("config.loaded")]
    assert len(set(hashes)) == 3
    # A wrong one keeps what is in force, and says in which file.
    (more / "15.yaml").write_text("- {name: ten, match: {path: /five}, verdict: allow}\n")
    proxy.process.signal(signal.SIGHUP)
    refused = proxy.record("config.refused")
    assert f"{more}/15.yaml:1:10" in refused["msg"] and f"{more}/10.yaml:1" in refused["msg"]
    assert proxy.call("GET", "/ten").status == 403
    assert proxy.call("GET", "/public/x").status == 200
    (more / "15.yaml").unlink()


def test_tools_follow_includes(policy, folder):
    config = json.loads(policy.read_text())
    (folder / "sites.d").mkdir()
    (folder / "sites.d" / "a.yaml").write_text(json.dumps(config["sites"]))
    config["sites"] = [{"include": "sites.d/*.yaml"}]
    policy.write_text(json.dumps(config))
    assert "allow by public" in run(policy, "explain", "GET", "/public/a").stdout
    assert run(policy, "test", cases(folder, CASES)).returncode == 0
