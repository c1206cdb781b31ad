# Streams of requests, most of them mutated: each is a function of a seed and a number.
# SPDX-License-Identifier: Apache-2.0
import json
import random
import string
import sys

SEGMENTS = [
    "users", "7", "a%20b", "caf%C3%A9", "x-1", "v1.2", "~me", "a+b", "k=v", "q,r", "it's", "(p)",
    "m:purge", "at@home", "%E4%B8%AD", "$all", "!bang", "*", "json", "denied"
]
NAMES = [
    "Accept", "Accept-Encoding", "User-Agent", "X-Request-ID", "Cookie", "If-None-Match",
    "X-Custom", "x-lower", "X-UPPER-CASE", "Origin", "Via", "Authorization", "X-Count-1",
    "Idempotency-Key", "Last-Event-ID", "ETag", "Pragma"
]
VALUES = [
    "1", "*/*", "gzip, br", "curl/7.88", "a=1; b=2", '"abc"', "two  blanks", "a\tb", "x,y", "",
    "Basic dTpw", "0", "v" * 300
]
PARAMETERS = [
    "a=1", "b", "c=", "d=x%20y", "e=%26", "f=a+b", "g=[1]", "h={x}", "i=1;j=2", "k=%C3%A9",
    "l=/p?q", "=m", "", "n=1=2", "a=2"
]
BODIES = [
    b'{"risk": 5}', b'{"risk": 5000}', b'{"n": [1, {"risk": 9}], "risk": 1}', b"risk=1&b=2", b"",
    b"\x00\x01\xff" * 9, b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", b"0\r\n\r\n",
    "{\"name\": \"é\"}".encode(), b"x" * 5000
]

ODD_SEGMENTS = [
    ".", "..", "%2e", "%2E%2e", ".%2e", "...", "a.", "%2F", "a%2fb", "%5C", "a\\b", "a;b=c", ";x",
    "%3B", "a%3bb", "%25", "%252e", "a%25b", "", "%00", "%0d%0a", "%7F", "%1f", "%", "%4", "%zz",
    "%4G", "%41", "%7e", "%2d%2D", "a%20", "%20a", "caf\xe9", "%EF%BC%8F", "%EF%BC%8E", "%C0%AF",
    "%E2%80%8B", "%ED%A0%80", "%F4%90%80%80", "%e4%b8%ad", "%c3%a9", "a#b", "%23", "%3F", "<a>",
    '"', "a b", "a\tb", "{id}", "[x]", "^", "|", "Denied", "DENIED", "d%65nied", "%EF%BD%81",
    "%C2%A0", "x" * 300, "%E2%84%AA", "%2A", "%3a", "%40", "%2c", "%21"
]
ODD_QUERIES = [
    "force=true", "force=false&force=true", "FORCE=true", "force[]=true", "%66orce=true",
    "a;force=true", "force=%74rue", "force=true%00", "force=+true", "%20force=true",
    "a=1&&force=true", "force", "force=", "_method=DELETE", "_METHOD=PUT", "%5fmethod=x",
    "x%2Dhttp-method=PUT", "a=%", "a=%4", "a=%zz", 'a="b"', "a=<b>", "a=b\\c", "a=#b", "a=\xe9",
    "a=|^`", "?", "a?b", "%2566orce=true", "force%5B%5D=true", "x" * 3000
]
ODD_LINES = [
    "X_Under: 1", "X-Space : 1", " folded", "\tfolded", ": empty", "no colon", "X-N\x00l: 1",
    "X-Nul: a\x00b", "X-Cr: a\rb", "X-Lf: a\nb", "X-High: \xe9", "X-Utf: \xc3\xa9", "X-Ctl: \x01",
    "X-Del: \x7f", "X-Tab:\ta\t", "X-Empty:", "X-Colon: a: b", "-X: 1", "X.Dot: 1",
    "X-Long: " + "l" * 7000, "X-Longer: " + "l" * 8300, "Host: other.test",
    "Content-Type: text/plain", "Content-Type: application/json", "Content-Encoding: gzip",
    "Authorization: Basic eDp5", "Cookie: second=1", "X-Forwarded-For: 127.9.9.9",
    "X-Forwarded-Host: evil", "Forwarded: for=x", "X-Forwarded-Prefix: /admin",
    "X-Real-IP: 1.2.3.4", "Countersign-User: root", "Countersign-Anything: 1",
    "X-Original-URL: /denied/x", "X-Rewrite-URL: /denied/x", "X-HTTP-Method-Override: DELETE",
    "x-http-method: PUT", "Connection: close", "Connection: keep-alive, X-Custom",
    "Connection: Host", "Connection: upgrade", "Connection: TE, close", "Connection:",
    "Keep-Alive: timeout=5", "Proxy-Connection: close", "Proxy-Foo: 1", "TE: trailers",
    "Trailer: X-T", "Upgrade: h2c", "Upgrade: websocket", "HTTP2-Settings: AAMAAABkAAQ",
    "Expect: 100-continue", "Expect: 100-Continue", "Expect: other", "X-Force: true",
    "x-force: TRUE", "Max-Forwards: 0", "Content-Length : 5", "Content_Length: 5",
    "Range: bytes=0-1", "If-Modified-Since: x", "Accept: a", "Accept: b", "X-A: 1", "X-A: 2",
    "x-a: 3", "Set-Cookie: a=b", "Status: 500", "Location: /x", "Server: x", "Date: now"
]
ODD_LENGTHS = [
    "+{}", "-{}", "0{}", "0x{}", "{} ", "{}\t", "{},{}", "{}, {}", "{}_0", "{}.0", "", "{}a",
    " {}", "99999999999", "18446744073709551616", "{}e0", "\v{}", "{}\xa0"
]
ODD_CODINGS = [
    "Chunked", "CHUNKED", "chunked ", "\tchunked", "chunked, chunked", "identity", "gzip, chunked",
    "chunked, identity", "xchunked", "chunked;q=1", '"chunked"', "", "chunked\x0b", "chun ked",
    "chunked,", ",chunked"
]
ODD_SIZES = [
    "0x{}", "+{}", "-{}", " {}", "{} ", "{};ext", "{};ext=\"a\nb\"", "{}\n", "00000{}",
    "000000000{}", "{}_", "", "g", "{}\t", "\r\n{}", "FFFFFFFF{}", "1{}"
]
ODD_STARTS = [
    "GET  {t} HTTP/1.1", "GET\t{t}\tHTTP/1.1", "get {t} HTTP/1.1", "GET {t}", "GET {t} HTTP/1.2",
    "GET {t} HTTP/2.0", "GET {t} HTTP/1.10", "GET {t} http/1.1", "GET {t} HTTP/1.1 ",
    " GET {t} HTTP/1.1", "GET {t} HTTP/0.9", "TRACE {t} HTTP/1.1", "CONNECT x:1 HTTP/1.1",
    "FOO {t} HTTP/1.1", "\r\nGET {t} HTTP/1.1", "GET {t} HTTP/1.0", "POST {t} HTTP/1.0",
    "GET /a b HTTP/1.1", "PRI * HTTP/2.0", "G\x00T {t} HTTP/1.1", "OPTIONS * HTTP/1.1",
    "GET * HTTP/1.1", "OPTIONS *?a HTTP/1.1", "GET HTTP/1.1", "PROPFIND {t} HTTP/1.1"
]
RISKS = [
    "5", "999", "1000", "1001", "1e3", "1e4", "1000.0", "1000.0001", "1E+4", "0.5e5", "-5", "-0",
    "01001", "+1001", "1001.", "0x7d0", "NaN", "Infinity", '"5000"', "null", "true", "[5000]",
    '{"v": 5000}', "1" + "0" * 70, "5000e-4", "0.0000000001e14", "9007199254740993", "1e400",
    "5000e0"
]
RISK_NAMES = [
    "risk", "Risk", "RISK", "ri\\u0073k", "ri\u017fk", "ris\u212a", "risk ", "\\u0072isk",
    "ris\\u212a"
]


class Draft:
    """A request before it is bytes; mutations change it, or replace whole parts of it."""

    def __init__(self, rng, hosts):
        self.rng = rng
        self.host = rng.choice(hosts)
        self.method = rng.choice(["GET"] * 8 + ["POST"] * 7 + ["PUT", "PUT", "DELETE", "DELETE",
                                                              "PATCH", "HEAD", "HEAD", "OPTIONS"])
        self.segments = [rng.choice(SEGMENTS[:-2]) for _ in range(rng.randint(0, 4))]
        self.slash = rng.random() < 0.1
        self.query = None
        if rng.random() < 0.4:
            self.query = "&".join(rng.sample(PARAMETERS, rng.randint(1, 3)))
        self.version = "HTTP/1.1"
        self.start = None
        self.prefix = ""
        self.lines = [f"{rng.choice(NAMES)}: {rng.choice(VALUES)}"
                      for _ in range(rng.randint(0, 5))]
        self.has_body = self.method in ("POST", "PUT", "PATCH") or (
            self.method == "DELETE" and rng.random() < 0.5)
        self.body = rng.choice(BODIES) if self.has_body else b""
        self.chunked = self.has_body and rng.random() < 0.35
        self.length = str(len(self.body))
        self.codings = ["chunked"]
        self.sizes = None
        self.trailer = b""
        if self.has_body and rng.random() < 0.4:
            self.make_json()

    def make_json(self):
        """A document with a member that a rule looks at, in one of its many spellings."""
        rng = self.rng
        members = [f'"{rng.choice(RISK_NAMES) if rng.random() < 0.4 else "risk"}": '
                   f'{rng.choice(RISKS) if rng.random() < 0.6 else rng.randint(0, 999)}'
                   for _ in range(1 if rng.random() < 0.7 else 2)]
        members.append(f'"other": {json.dumps(rng.choice(["x", 1, None, [], {"risk": 1}]))}')
        rng.shuffle(members)
        text = "{" + ", ".join(members) + "}"
        odd = rng.random()
        if odd < 0.05:
            text = "\ufeff" + text
        elif odd < 0.1:
            text += rng.choice([" {}", ",", "//", "\n", "\x00"])
        elif odd < 0.13:
            text = text.replace("}", ",}", 1)
        self.method = "POST"
        self.segments = ["json", rng.choice(SEGMENTS[:6])]
        self.body = text.encode("utf-16" if rng.random() < 0.02 else "utf-8")
        self.length = str(len(self.body))
        kind = rng.choice(["application/json"] * 6 + ["application/problem+json", "text/plain",
                          "application/json; charset=utf-8", "application/json; charset=utf-16",
                          "APPLICATION/JSON", "application/x-www-form-urlencoded", ""])
        self.lines = [line for line in self.lines if not line.startswith("Content-Type")]
        self.lines.append(f"Content-Type: {kind}")

    @property
    def target(self):
        path = self.prefix + "/" + "/".join(self.segments)
        path += "/" if self.slash and self.segments else ""
        return path if self.query is None else f"{path}?{self.query}"

    def render(self):
        start = self.start or f"{self.method} {self.target} {self.version}"
        head = [start.replace("{t}", self.target), f"Host: {self.host}", *self.lines]
        if self.chunked:
            head += [f"Transfer-Encoding: {coding}" for coding in self.codings]
        if self.length is not None and (not self.chunked or self.length.startswith("=")) and \
                (self.has_body or self.length != "0"):
            head.append(f"Content-Length: {self.length.lstrip('=')}")
        data = "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n"
        return data + (self.chunks() if self.chunked else self.body)

    def chunks(self):
        rng, out, at = self.rng, b"", 0
        while at < len(self.body):
            size = min(len(self.body) - at, rng.choice([1, 2, 7, 64, 5000]))
            text = rng.choice(["%x", "%X", "%04x"]) % size
            if self.sizes is not None and rng.random() < 0.5:
                text = self.sizes.replace("{}", text)
            out += text.encode("latin-1") + b"\r\n" + self.body[at:at + size] + b"\r\n"
            at += size
        return out + b"0\r\n" + self.trailer + b"\r\n"


def odd_segment(draft, rng):
    draft.segments.insert(rng.randint(0, len(draft.segments)), rng.choice(ODD_SEGMENTS))


def odd_query(draft, rng):
    odd = rng.choice(ODD_QUERIES)
    draft.query = odd if draft.query is None or rng.random() < 0.5 else f"{draft.query}&{odd}"


def odd_form(draft, rng):
    draft.prefix = rng.choice([
        f"http://{draft.host}", f"HTTP://{draft.host.upper()}", f"http://{draft.host}:80",
        "http://other.test", f"https://{draft.host}", f"http://user@{draft.host}", "x", "//", "..",
        f"http://{draft.host}:8080", "http:", "/", "\\", "?", "http://"])


def odd_host(draft, rng):
    draft.host = rng.choice([
        draft.host.upper(), draft.host + ":80", draft.host + ":8080", draft.host + ".",
        draft.host + ":",
        draft.host + ":0", draft.host + ":080", draft.host + ":99999", "other.test", "",
        " " + draft.host,
        draft.host + ", other.test", "user@" + draft.host, draft.host + "/x", "127.0.0.1", "[::1]",
        draft.host + "\t", draft.host + ":80 x", ".." + draft.host])


def odd_line(draft, rng):
    draft.lines.insert(rng.randint(0, len(draft.lines)), rng.choice(ODD_LINES))


def double_line(draft, rng):
    if draft.lines:
        line = rng.choice(draft.lines)
        draft.lines.append(line.swapcase() if rng.random() < 0.5 else line)


def many_lines(draft, rng):
    draft.lines += [f"X-Many-{n}: {n}" for n in range(rng.choice([40, 90, 99, 110]))]


def take_body(draft, rng):
    """Where a body is refused for the method alone, nobody looks at its framing."""
    draft.has_body = True
    if draft.method in ("GET", "HEAD", "OPTIONS") and rng.random() < 0.8:
        draft.method = "POST"


def odd_length(draft, rng):
    take_body(draft, rng)
    draft.length = rng.choice(ODD_LENGTHS).replace("{}", str(len(draft.body)))
    draft.chunked = False


def wrong_length(draft, rng):
    take_body(draft, rng)
    draft.length = str(max(0, len(draft.body) + rng.choice([-5, -1, 1, 5, 40])))
    draft.chunked = False


def two_framings(draft, rng):
    take_body(draft, rng)
    draft.chunked = True
    draft.length = "=" + str(rng.choice([0, len(draft.body), 4]))


def odd_coding(draft, rng):
    take_body(draft, rng)
    draft.chunked = True
    draft.codings = [rng.choice(ODD_CODINGS)]
    if rng.random() < 0.3:
        draft.codings.append("chunked")


def odd_sizes(draft, rng):
    take_body(draft, rng)
    draft.chunked = True
    draft.body = draft.body or b"hello"
    draft.sizes = rng.choice(ODD_SIZES)


def trailer(draft, rng):
    take_body(draft, rng)
    draft.chunked = True
    draft.trailer = rng.choice([b"X-T: 1\r\n", b"Content-Length: 5\r\n",
                                b"Host: other.test\r\n", b"\n", b" \r\n"])


def odd_start(draft, rng):
    draft.start = rng.choice(ODD_STARTS)


def odd_body(draft, rng):
    """A body where there is usually none."""
    draft.method = rng.choice(["GET", "HEAD", "OPTIONS", "DELETE"])
    draft.has_body, draft.body = True, rng.choice(BODIES)
    draft.chunked, draft.length = rng.random() < 0.4, str(len(draft.body))


def old_version(draft, rng):
    draft.version = "HTTP/1.0"


def denied(draft, rng):
    draft.segments.insert(0, rng.choice(["denied", "Denied", "den%69ed", "denied"]))


MUTATIONS = [
    *[odd_segment] * 8, *[odd_query] * 5, *[odd_form] * 2, *[odd_host] * 2, *[odd_line] * 10,
    double_line, many_lines, *[odd_length] * 2, wrong_length, two_framings, *[odd_coding] * 2,
    *[odd_sizes] * 4, trailer, *[odd_start] * 2, *[odd_body] * 2, old_version, *[denied] * 2,
]


def mangle(data, rng):
    """Some bytes changed, whatever they mean."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
        if kind == 0:
            data[at] = rng.choice(b"\r\n\t \x00:;%/?#&=.,\\_-0aA\x7f\x80\xff")
        elif kind == 1:
            data.insert(at, rng.choice(b"\r\n\t \x00:;%/?#&=.,\\_-0aA\x7f\x80\xff"))
        elif kind == 2 and len(data) > 1:
            del data[at]
        elif kind == 3:
            end = at + rng.randint(1, 30)
            data[at:at] = data[at:end]
        else:
            data[at] ^= 1 << rng.randrange(8)
    return bytes(data)


def request(rng, hosts, is_last):
    draft = Draft(rng, hosts)
    # What comes behind a refused request is never looked at.
    if rng.random() < (0.6 if is_last else 0.2):
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            rng.choice(MUTATIONS)(draft, rng)
    data = draft.render()
    return mangle(data, rng) if rng.random() < (0.08 if is_last else 0.03) else data


def stream(seed, number, hosts):
    """The bytes of stream `number`, and the pieces they are sent in."""
    rng = random.Random(f"{seed}:{number}")
    count = rng.choice([1, 1, 2, 3, 4, 6])
    data = b"".join(request(rng, hosts, n == count - 1) for n in range(count))
    if rng.random() < 0.04:
        data = data[:rng.randrange(1, len(data))]
    if rng.random() < 0.02:
        data += "".join(rng.choices(string.printable, k=20)).encode()
    cuts = sorted(rng.sample(range(len(data)), min(len(data) - 1, rng.choice([0, 0, 0, 1, 2, 5]))))
    return data, [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)]) if a < b]


if __name__ == "__main__":
    shown, _ = stream(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    print(shown.decode("latin-1").replace("\r", "\\r"))
