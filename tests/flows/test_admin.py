# The approver's door: who may see and decide what, the page, the command line.
# SPDX-License-Identifier: Apache-2.0
import html
import json
import re

import pytest
import requests

from conftest import delete_rule
from services import token
from trail import get

USER = "/admin/users/7"


@pytest.fixture
def asked(serve):
    """A proxy, and the id of a pending approval that alice asked for."""
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER, headers={"Countersign-Reason": "left <b>"}).header(
        "Countersign-Ticket")
    return proxy, ticket


def test_no_credential_or_a_wrong_one(asked):
    proxy, ticket = asked
    for path in ("/api/v1/approvals", f"/api/v1/approvals/{ticket}", "/api/v1/whoami"):
        got = proxy.admin.ask("GET", path, user=None)
        assert got.status_code == 401 and "WWW-Authenticate" in got.headers
        assert got.headers["Content-Type"] == "application/problem+json"
        wrong = proxy.admin.ask("GET", path, user=None,
                                headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
    proxy.record("auth.failed")
    assert proxy.admin.decide(ticket, "approve", user=None).status_code == 401


def test_who_am_i(asked):
    proxy, _ = asked
    said = proxy.admin.ask("GET", "/api/v1/whoami").json()
    assert said["user"] == "bob" and said["groups"] == ["sre"]
    assert said["auth"] == "bearer" and said["source"] == "127.0.0.1"


def test_only_hosts_of_ours_are_answered(serve):
    proxy = serve([delete_rule(mode="reject")],
                  admin={"public_url": "https://approve.example"})
    port = proxy.admin_port
    for host, status in ((f"localhost:{port}", 200), (f"127.0.0.1:{port}", 200),
                         ("approve.example", 200), (f"evil.example:{port}", 421)):
        for path in ("/metrics", "/readyz"):
            got = proxy.admin.ask("GET", path, user=None, headers={"Host": host})
            assert got.status_code == status, (host, got.text)
    got = requests.post(f"{proxy.admin.url}/login", data={"token": token("bob")}, timeout=20,
                        headers={"Host": "evil.example", "Origin": "http://evil.example"})
    assert got.status_code == 421 and not got.cookies


def test_list_refuses_what_it_does_not_know(asked):
    proxy, ticket = asked
    for query in ("cursor=xx", "cursor=", "state=foo", "state=", "limit=3",
                  f"cursor={ticket}&state=pending&x=1"):
        got = proxy.admin.ask("GET", f"/api/v1/approvals?{query}")
        assert got.status_code == 400 and got.json()["detail"], (query, got.text)


def test_who_sees_an_approval(asked):
    proxy, ticket = asked
    for user, status in (("bob", 200), ("carol", 200), ("alice", 200), ("zoe", 200),
                         ("dave", 404), ("erin", 404)):
        assert proxy.admin.show(ticket, user).status_code == status, user
        assert len(proxy.admin.list(user)) == (1 if status == 200 else 0), user
    got = proxy.admin.show(ticket)
    assert got.json()["id"] == ticket and "ETag" in got.headers


def test_who_may_decide(asked):
    proxy, ticket = asked
    for user, status in (("alice", 403), ("zoe", 403), ("dave", 404)):
        got = proxy.admin.decide(ticket, "approve", user)
        assert got.status_code == status, (user, got.text)
        proxy.record("decision.refused", approver__id=user)
    assert proxy.admin.show(ticket).json()["state"] == "pending"
    assert proxy.admin.decide(ticket, "approve").status_code == 201


def test_requester_never_counts_even_as_member_of_the_group(serve, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER, user="bob").header("Countersign-Ticket")
    assert proxy.admin.decide(ticket, "approve", "bob").status_code == 403
    proxy.record("decision.refused", approver__id="bob")
    assert proxy.call("DELETE", USER, user="bob").status == 428
    assert proxy.admin.decide(ticket, "approve", "carol").status_code == 201
    assert proxy.call("DELETE", USER, user="bob").status == 200


def test_deciding_codes(asked):
    proxy, ticket = asked
    decide = proxy.admin.decide
    assert decide("01ARZ3NDEKTSV4RRFFQ69G5FAV", "approve").status_code == 404
    assert decide("nonsense", "approve").status_code == 404
    assert decide(ticket, "maybe").status_code in (400, 422)
    binding = proxy.admin.show(ticket).json()["binding"]
    assert decide(ticket, "approve", binding="0" * len(binding)).status_code == 409
    assert decide(ticket, "approve", binding=binding).status_code == 201
    assert decide(ticket, "approve").status_code == 200, "the same decision of the same person"
    settled = decide(ticket, "deny", "carol")
    assert settled.status_code == 409 and settled.json()["state"] == "approved"
    assert len(proxy.records("decision.approved")) == 1


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'"approve"', b"{}", b'{"decision": "approve", "decision": "deny"}',
    b'{"decision": "approve", "unknown": 1}', b'{"decision": 1}'])
def test_decision_that_cannot_be_read_decides_nothing(asked, body):
    proxy, ticket = asked
    got = proxy.admin.ask("POST", f"/api/v1/approvals/{ticket}/decisions", data=body,
                          headers={"Content-Type": "application/json"})
    assert got.status_code in (400, 415, 422), got.text
    assert proxy.admin.show(ticket).json()["state"] == "pending"


def test_a_get_never_decides(asked):
    proxy, ticket = asked
    for path in (f"/api/v1/approvals/{ticket}/decisions?decision=approve",
                 f"/approvals/{ticket}/decisions?decision=approve", f"/approvals/{ticket}"):
        proxy.admin.ask("GET", path)
        proxy.admin.ask("HEAD", path)
    assert proxy.admin.show(ticket).json()["state"] == "pending"


def test_list_pages_by_cursor(serve):
    proxy = serve([delete_rule(mode="reject")], limits={"pending_per_requester": 200})
    for number in range(120):
        assert proxy.call("DELETE", f"/admin/users/{number}").status == 428
    found = proxy.admin.list()
    assert len(found) == 120 and len({one["id"] for one in found}) == 120
    assert {one["title"] for one in found} == {f"Delete user {n}" for n in range(120)}


def test_list_by_state(asked):
    proxy, ticket = asked
    proxy.admin.deny(ticket)
    assert proxy.admin.list(state="pending") == []
    assert [one["id"] for one in proxy.admin.list(state="denied")] == [ticket]


def test_health_readiness_and_metrics_need_no_token_on_loopback(asked):
    proxy, _ = asked
    assert proxy.admin.ask("GET", "/healthz", user=None).status_code == 200
    assert proxy.admin.ask("GET", "/readyz", user=None).status_code == 200
    got = proxy.admin.ask("GET", "/metrics", user=None)
    assert got.status_code == 200
    names = re.findall(r"^([a-z_]+)", got.text, re.M)
    assert names and all(name.startswith("countersign_") for name in names)
    assert "alice" not in got.text and USER not in got.text


def test_nothing_of_the_admin_endpoint_is_on_the_callers_listener(asked):
    proxy, _ = asked
    for path in ("/api/v1/approvals", "/metrics", "/readyz", "/login"):
        assert proxy.call("GET", path, user="bob").problem == "denied-by-rule"


# --- the page ------------------------------------------------------------------


def forms(page):
    """The forms of a page: where each goes, and its hidden fields."""
    found = []
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.S):
        fields = {}
        for tag in re.findall(r"<(?:input|button)[^>]*>", inside):
            words = {key: html.unescape(value)
                     for key, value in re.findall(r'([a-z]+)="([^"]*)"', tag)}
            if words.get("type") == "hidden" and "name" in words:
                fields[words["name"]] = words.get("value", "")
        words = dict(re.findall(r'([a-z]+)="([^"]*)"', attributes))
        found.append((html.unescape(words["action"]), words.get("method", "get"), fields, inside))
    return found


def signed_in(proxy, user="bob"):
    session = requests.Session()
    got = session.post(f"{proxy.admin.url}/login", data={"token": token(user)}, timeout=20)
    assert got.status_code == 200, got.text
    return session


def test_page_without_a_session_asks_to_sign_in(asked):
    proxy, ticket = asked
    for path in ("/", f"/approvals/{ticket}"):
        got = requests.get(proxy.admin.url + path, timeout=20)
        assert "users/7" not in got.text
        assert any("/login" in action for action, *_ in forms(got.text)), got.text
    wrong = requests.post(f"{proxy.admin.url}/login", data={"token": "wrong"}, timeout=20)
    assert wrong.status_code in (401, 403) and not wrong.cookies


def test_page_shows_and_decides(asked, upstream):
    proxy, ticket = asked
    session = signed_in(proxy)
    inbox = session.get(proxy.admin.url + "/", timeout=20)
    assert f"/approvals/{ticket}" in inbox.text
    page = session.get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20)
    assert "Delete user 7" in page.text and "alice" in page.text
    assert "left &lt;b&gt;" in page.text and "left <b>" not in page.text
    assert "This is what you sign." in page.text and "will be sent" not in page.text
    deciding = [form for form in forms(page.text) if "/decisions" in form[0]]
    assert deciding and all(method.lower() == "post" for _, method, *_ in deciding)
    action, _, fields, _ = deciding[0]
    assert action.endswith(f"/approvals/{ticket}/decisions")
    got = session.post(requests.compat.urljoin(page.url, action), timeout=20,
                       headers={"Origin": proxy.admin.url},
                       data={**fields, "decision": "approve", "reason": "fine"})
    assert got.status_code < 400, got.text
    assert proxy.call("DELETE", USER).status == 200
    assert get(proxy.record("decision.approved"), "approver.id") == "bob"


def test_page_refuses_forged_forms(asked):
    proxy, ticket = asked
    session = signed_in(proxy)
    page = session.get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20)
    fields = [form for form in forms(page.text) if "/decisions" in form[0]][0][2]
    other = proxy.call("DELETE", "/admin/users/8").header("Countersign-Ticket")
    url = f"{proxy.admin.url}/approvals/{{}}/decisions"
    data = {**fields, "decision": "approve", "reason": "x"}
    without = {key: "" for key in fields}
    attempts = [
        session.post(url.format(ticket), data={"decision": "approve"}, timeout=20),
        session.post(url.format(ticket), data={**without, "decision": "approve"}, timeout=20),
        session.post(url.format(other), data=data, timeout=20),
        session.post(url.format(ticket), data={**data, "binding": ""}, timeout=20),
        session.post(url.format(ticket), data={**data, "binding": "0" * 64}, timeout=20),
        session.post(url.format(ticket), data=data, timeout=20,
                     headers={"Origin": "https://evil.example"}),
        session.post(url.format(ticket), data=data, timeout=20,
                     headers={"Sec-Fetch-Site": "cross-site"}),
        requests.post(url.format(ticket), data=data, timeout=20),
    ]
    assert all(got.status_code in (400, 401, 403, 409) for got in attempts), attempts
    assert {one["id"] for one in proxy.admin.list()} == {ticket, other}


def test_page_protects_itself(asked):
    proxy, ticket = asked
    session = signed_in(proxy)
    for path in ("/", f"/approvals/{ticket}"):
        got = session.get(proxy.admin.url + path, timeout=20)
        policy = got.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script>" not in got.text and " onclick" not in got.text
    sent = requests.post(f"{proxy.admin.url}/login", data={"token": token("bob")}, timeout=20,
                         allow_redirects=False)
    cookie = sent.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert token("bob") not in cookie


def test_page_shows_bytes_outside_printable_ascii(serve):
    proxy = serve([delete_rule(mode="reject")])
    body = "{\"to\": \"\u202eevil\", \"x\": \"<script>\"}".encode()
    ticket = proxy.call("DELETE", USER, body=body,
                        headers={"Content-Type": "application/json"}).header("Countersign-Ticket")
    page = signed_in(proxy).get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20)
    assert "\u202e" not in page.text and "<script>" not in page.text
    assert "evil" in page.text


def test_session_of_one_who_may_not_see(asked):
    proxy, ticket = asked
    page = signed_in(proxy, "dave").get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20)
    assert page.status_code == 404


# --- the command line --------------------------------------------------------------


def test_command_line_lists_shows_and_approves(asked, upstream):
    proxy, ticket = asked
    listed = proxy.run("approvals", "ls", user="bob")
    assert listed.returncode == 0 and ticket in listed.stdout
    assert "\x1b" not in listed.stdout, "colours without a terminal"
    as_json = proxy.run("approvals", "ls", "--output", "json", user="bob")
    assert ticket in json.dumps(json.loads(as_json.stdout))
    shown = proxy.run("approvals", "show", ticket, user="bob")
    assert shown.returncode == 0 and USER in shown.stdout and "alice" in shown.stdout
    done = proxy.run("approvals", "approve", ticket, "--reason", "fine", user="bob")
    assert done.returncode == 0, done.stderr
    assert proxy.call("DELETE", USER).status == 200


def test_command_line_denies(asked):
    proxy, ticket = asked
    assert proxy.run("approvals", "deny", ticket, "--reason", "no", user="bob").returncode == 0
    assert "no" in proxy.call("DELETE", USER).json().get("reason", "")
    assert proxy.run("approvals", "wait", ticket, user="alice").returncode == 3


def test_command_line_exit_codes(asked):
    proxy, ticket = asked
    assert proxy.run("approvals", "approve", ticket, user="zoe").returncode == 3
    assert proxy.run("approvals", "approve", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                     user="bob").returncode == 1
    assert proxy.run("approvals", "frobnicate", user="bob").returncode == 2
    assert proxy.run("approvals", "show", user="bob").returncode == 2
    assert proxy.run("frobnicate").returncode == 2
    proxy.admin.approve(ticket)
    assert proxy.run("approvals", "wait", ticket, user="alice").returncode == 0


def test_command_line_names_the_fault(asked):
    proxy, ticket = asked
    for words, said in ((("approvals", "ls", "--state", "foo"), "--state takes"),
                        (("approvals", "ls", "more"), '"more" is one argument too many'),
                        (("approvals", "show", ""), '"" is no ID'),
                        (("approvals", "show"), "needs an ID"),
                        (("approvals", "show", ticket, "--colour"), "no option --colour"),
                        (("approvals", "revoke", ticket), "not supported yet"),
                        (("token", "--user", "a,b"), '--user takes a name'),
                        (("keys", "rotate"), "not supported yet"),
                        (("doctor",), "not supported yet")):
        done = proxy.run(*words, user="bob")
        assert done.returncode == 2 and said in done.stderr.splitlines()[0], (words, done)


def test_command_line_decides_by_code(asked):
    proxy, ticket = asked
    code = proxy.admin.show(ticket).json()["code"]
    wrong = proxy.run("approvals", "approve", ticket, "--code", "0000-0000", user="bob")
    assert wrong.returncode == 3 and code not in wrong.stdout + wrong.stderr
    assert proxy.admin.show(ticket).json()["state"] == "pending"
    done = proxy.run("approvals", "approve", ticket, "--code", code, user="bob")
    assert done.returncode == 0, done.stderr
    for text in ("Delete user 7", "DELETE 127.0.0.1:", f"{USER}\n", code):
        assert text in done.stdout, done.stdout


def test_lists_name_the_request_and_shorten_it(serve):
    rule = delete_rule(mode="reject")
    rule.pop("title")
    proxy = serve([rule])
    path = "/admin/users/" + "x" * 3000 + "-end"
    ticket = proxy.call("DELETE", path, headers={"Countersign-Reason": "it is old"}).header(
        "Countersign-Ticket")
    listed = proxy.run("approvals", "ls", user="bob").stdout
    assert "DELETE /admin/users/xxx" in listed and "it is old" in listed
    assert max(map(len, listed.splitlines())) < 240 and "[+" in listed
    session = signed_in(proxy)
    inbox = session.get(proxy.admin.url + "/", timeout=20).text
    assert "DELETE /admin/users/xxx" in inbox and "it is old" in inbox and "-end" not in inbox
    page = session.get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20).text
    assert path in page and "30 minutes" in page
    assert page.index(path) < page.index("Asked by")
    proxy.admin.deny(ticket)
    row = proxy.run("approvals", "ls", "--state", "denied", user="bob").stdout.splitlines()[1]
    assert re.search(r"alice +- +users\.delete", row), row
    settled = session.get(proxy.admin.url + "/?state=all", timeout=20).text
    assert ticket in settled and "ends <time" in inbox and "ends <time" not in settled
    page = session.get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20).text
    assert "in 29 minutes" not in page and "Was to end" in page


def test_a_browser_is_shown_pages(asked):
    proxy, _ = asked
    session = signed_in(proxy)
    for path, status in (("/nope", 404), ("/approvals/nope", 404), ("/logout", 405)):
        got = session.get(proxy.admin.url + path, headers={"Accept": "text/html,*/*;q=0.8"},
                          timeout=20)
        assert got.status_code == status and got.headers["Content-Type"].startswith("text/html")
        assert requests.get(proxy.admin.url + path, timeout=20).json()["status"] == status


def test_command_line_cancels(asked):
    proxy, ticket = asked
    assert proxy.run("approvals", "cancel", ticket, user="alice").returncode == 0
    assert proxy.admin.show(ticket).json()["state"] == "cancelled"


def test_token_file(asked, folder):
    proxy, ticket = asked
    file = folder / "bob.token"
    file.write_text(token("bob") + "\n")
    done = proxy.run("approvals", "show", ticket, "--admin", proxy.admin.url,
                     "--token-file", str(file))
    assert done.returncode == 0, done.stderr


def test_login_link_works_once(asked):
    proxy, ticket = asked
    done = proxy.run("approvals", "open", ticket, user="bob")
    assert done.returncode == 0, done.stderr
    link = re.search(r"https?://\S+", done.stdout).group(0)
    session = requests.Session()
    page = session.get(link, timeout=20)
    if ticket not in page.url or "Delete user 7" not in page.text:
        action, method, fields, _ = forms(page.text)[0]
        assert method.lower() == "post"
        page = session.post(requests.compat.urljoin(page.url, action), data=fields, timeout=20,
                            headers={"Origin": proxy.admin.url})
    assert "Delete user 7" in page.text
    again = requests.Session().get(link, timeout=20)
    for action, method, fields, _ in forms(again.text):
        if "token" not in fields or not fields["token"]:
            continue
        again = requests.post(requests.compat.urljoin(again.url, action), data=fields, timeout=20)
    assert "Delete user 7" not in again.text


def test_version_and_token_and_keys(asked):
    proxy, _ = asked
    assert re.search(r"\d+\.\d+", proxy.run("version").stdout)
    made = proxy.run("token", "--user", "new")
    assert made.returncode == 0, made.stderr
    assert re.search(r"[0-9a-f]{64}", made.stdout + made.stderr)
    assert proxy.run("keys", "ls", config=True).returncode == 0
    assert proxy.run("keys", "export", config=True).stdout.strip()


def test_admin_endpoint_on_a_unix_socket(serve, folder):
    from wire import Connection, eventually
    path = folder / "admin.sock"
    proxy = serve([delete_rule(mode="reject")], name="first")
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    done = proxy.run("check", config=True)
    assert done.returncode == 0, done.stderr
    proxy.config["admin"]["address"] = f"unix:{path}"
    proxy.stop()
    proxy.write()
    second = proxy
    second._is_ready = lambda: path.exists() and second.process.is_alive()
    second.start()

    def ask(target):
        with Connection(path) as link:
            link.ask("GET", target, {"Authorization": f"Bearer {token('bob')}"},
                     host="localhost")
            return link.answer()

    eventually(lambda: ask("/readyz").status == 200)
    assert ask(f"/api/v1/approvals/{ticket}").json()["id"] == ticket
