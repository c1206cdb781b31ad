# A second reader of requests, written from the rules and not from the program: what a stream
# of bytes says, or that it says nothing that may pass.
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import re
import unicodedata

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BODILESS = {"GET", "HEAD", "OPTIONS"}
HEAD_MAX, LINE_MAX, TARGET_MAX, FIELDS_MAX, SEGMENTS_MAX = 32768, 8192, 8192, 100, 256

SINGLE = {"host", "content-length", "transfer-encoding", "content-type", "content-encoding",
          "authorization", "expect", "countersign-token", "countersign-ticket",
          "countersign-reason", "countersign-user"}
NEVER_EMPTY = {"host", "content-length", "transfer-encoding", "connection", "expect"}
OPTIONS = {"close", "keep-alive", "upgrade", "te", "http2-settings"}
# Of one connection, written anew, or the forwarding family: none of them goes on.
DROPPED = {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect",
           "te", "trailer", "upgrade", "http2-settings", "forwarded", "x-forwarded",
           "x-real-ip", "client-cert", "client-ip", "true-client-ip", "x-client-ip", "x-host",
           "x-original-host", "x-remote-ip"}
DROPPED_FAMILIES = ("proxy-", "countersign-", "x-forwarded-", "forwarded-", "client-cert-",
                    "x-client-cert-", "ssl-client-", "x-ssl-", "x-tls-")
OVERRIDES = {"x-http-method-override", "x-http-method", "x-method-override",
             "x-original-method", "x-original-url", "x-original-uri", "x-original-path",
             "x-rewrite-url", "x-rewrite-uri", "x-override-url", "x-request-uri",
             "x-envoy-original-path"}
OVERRIDE_PARAMETERS = {"_method", "_http_method", "_httpmethod", "$httpmethod",
                       "http_method_override", "x_http_method", "x_http_method_override",
                       "x_method_override"}
REFUSED_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn", "Cs"}

UNRESERVED = re.compile(rb"[A-Za-z0-9\-._~]")
PATH = re.compile(rb"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
QUERY = re.compile(rb"(?:[!$&-;=?-\[\]^_`a-z{|}~]|%[0-9A-Fa-f]{2})*")
HOST = re.compile(rb"([A-Za-z0-9\-_]+(?:\.[A-Za-z0-9\-_]+)*)(?::([1-9][0-9]{0,4}))?")
NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9\-]*")
LINE = re.compile(rb"([A-Za-z]+) ([!-~]+) HTTP/1\.([01])")
LENGTH = re.compile(rb"0|[1-9][0-9]{0,9}")


class Refused(Exception):
    """These bytes may not pass."""


class Unfinished(Exception):
    """There is nothing wrong so far, and there is not all."""


@dataclasses.dataclass
class Site:
    """What a site takes beyond the strict reading."""
    encoded_slash: bool = False
    matrix: bool = False
    percent25: bool = False
    header_utf8: bool = False
    bodies_on: frozenset = frozenset()


@dataclasses.dataclass
class Request:
    """One request in the one form that is forwarded."""
    method: str
    host: str
    port: int
    path: str
    query: str  # None: no '?'
    fields: list  # of (name in lower case, value), in order, without those that stay behind
    body: bytes
    site: str
    closes: bool
    names: set  # of all fields, in lower case

    @property
    def authority(self):
        return self.host if self.port == 80 else f"{self.host}:{self.port}"

    @property
    def target(self):
        return self.path if self.query is None else f"{self.path}?{self.query}"


def require(condition, why):
    if not condition:
        raise Refused(why)


def read(data, sites):
    """
    The requests of a stream, and why it ends: None when they are all of it, or the last one
    closes; else Refused or Unfinished.  `sites` maps hosts to (name, Site).
    """
    requests, at = [], 0
    while at < len(data):
        try:
            request, at = read_request(data, at, sites)
        except (Refused, Unfinished) as end:
            return requests, end
        requests.append(request)
        if request.closes:
            break
    return requests, None


def read_request(data, at, sites):
    line, fields, at = read_head(data, at)
    method, target, minor = line
    host, port, path_and_query = read_authority(target, fields)
    require(host in sites, "nobody's host")
    name, site = sites[host]
    require(method in METHODS, "method")
    path, query = read_target(method, path_and_query, site)
    check_fields(fields, site)
    closes = read_connection(fields, minor)
    kind, length = read_framing(method, fields, minor, site)
    if kind == "chunked":
        body, at = read_chunks(data, at)
    else:
        body, at = data[at:at + length], at + length
        if len(body) < length:
            raise Unfinished("body")
    return Request(method, host, port, path, query, forwarded(fields), body, name, closes,
                   {field for field, _ in fields}), at


def read_head(data, start):
    end = data.find(b"\r\n\r\n", start)
    head = data[start:] if end < 0 else data[start:end + 2]
    if end < 0 or end + 4 - start > HEAD_MAX:
        require(len(head) < HEAD_MAX, "head too large")
        # Whatever is wrong is wrong in the whole lines, or may be: nothing passes.
        raise Unfinished("head")
    lines = head.split(b"\r\n")[:-1]
    match = LINE.fullmatch(lines[0])
    require(match, "request line")
    method, target, minor = match.groups()
    require(len(target) <= TARGET_MAX, "target too long")
    require(len(lines) - 1 <= FIELDS_MAX, "too many fields")
    fields = [read_field(line) for line in lines[1:]]
    for name in SINGLE:
        require(sum(field == name for field, _ in fields) <= 1, f"{name} twice")
    return (method.decode(), target, int(minor)), fields, end + 4


def read_field(line):
    require(len(line) <= LINE_MAX, "line too long")
    name, colon, value = line.partition(b":")
    require(colon and NAME.fullmatch(name), "field name")
    require(all(byte == 9 or 0x20 <= byte != 0x7f for byte in value), "byte in a value")
    name, value = name.decode().lower(), value.strip(b" \t")
    require(value or name not in NEVER_EMPTY, f"{name} empty")
    return name, value


def one(fields, name):
    return next((value for field, value in fields if field == name), None)


def read_host(text):
    match = HOST.fullmatch(text)
    require(match and len(match[1]) <= 253, "host")
    port = int(match[2] or 80)
    require(port <= 65535, "port")
    return match[1].decode().lower(), port


def read_authority(target, fields):
    require(one(fields, "host") is not None, "no host")
    host = read_host(one(fields, "host"))
    scheme, mark, rest = target.partition(b"://")
    if target.startswith(b"/") or not mark or b":" in scheme:
        return *host, target
    require(scheme.lower() == b"http", "scheme")
    end = re.search(rb"[/?#]|$", rest).start()
    require(read_host(rest[:end]) == host, "two hosts")
    return *host, rest[end:]


def read_target(method, target, site):
    if target == b"*" and method == "OPTIONS":
        return "*", None
    require(target.startswith(b"/") and b"#" not in target, "target form")
    path, mark, query = target.partition(b"?")
    path = read_path(path, site)
    require(QUERY.fullmatch(query), "query")
    require(not any(is_override(piece) for piece in re.split(rb"[&;]", query)), "override")
    return path, query.decode() if mark else None


def read_path(raw, site):
    require(PATH.fullmatch(raw), "path")
    forbidden = {0x7f, *b"\\?#", *range(0x20)}
    forbidden |= set() if site.encoded_slash else {*b"/"}
    forbidden |= set() if site.matrix else {*b";"}
    forbidden |= set() if site.percent25 else {*b"%"}
    escaped = [int(escape, 16) for escape in re.findall(rb"%(..)", raw)]
    require(not forbidden & set(escaped), "escape")
    require(site.matrix or b";" not in raw, "matrix")
    canonical = re.sub(rb"%(..)", canonical_escape, raw)
    check_characters(re.sub(rb"%(..)", lambda m: bytes([int(m[1], 16)]), raw))
    segments = canonical[1:].split(b"/")
    require(len(segments) <= SEGMENTS_MAX, "too deep")
    for number, segment in enumerate(segments):
        check_segment(segment, number == len(segments) - 1)
    return canonical.decode()


def canonical_escape(match):
    byte = bytes([int(match[1], 16)])
    return byte if UNRESERVED.fullmatch(byte) else match[0].upper()


def check_characters(decoded):
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("not UTF-8") from None
    for char in text:
        if ord(char) >= 0x80:
            require(unicodedata.category(char) not in REFUSED_CATEGORIES, "invisible")
            require(not set("/\\.;%?#") & set(unicodedata.normalize("NFKC", char)), "delimiter")


def check_segment(segment, is_last):
    require(segment or is_last, "empty segment")
    require(not re.match(rb";|%3B", segment), "no name before parameters")
    for part in re.split(rb";|%3B|%2F", segment):
        require(not part.endswith(b"."), "dots")
        require(not re.match(rb"%20", part) and not part.endswith(b"%20"), "blank at an edge")


def is_override(piece):
    name = piece.split(b"=")[0]
    name = re.sub(rb"%(..)", lambda m: bytes([int(m[1], 16)]), name)
    name = re.split(rb"[\[\0]", name)[0].lstrip(b" +")
    return re.sub(rb"[\-. +]", b"_", name).lower().decode("latin-1") in OVERRIDE_PARAMETERS


def check_fields(fields, site):
    for name, value in fields:
        require(name not in OVERRIDES, "override")
        if any(byte >= 0x80 for byte in value):
            require(site.header_utf8, "beyond ASCII")
            try:
                value.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("not UTF-8") from None


def read_connection(fields, minor):
    closes = minor == 0
    for name, value in fields:
        for option in value.split(b",") if name == "connection" else []:
            option = option.strip(b" \t").lower().decode("latin-1")
            require(option in OPTIONS, "connection option")
            closes |= option == "close"
    return closes


def read_framing(method, fields, minor, site):
    coding, length = one(fields, "transfer-encoding"), one(fields, "content-length")
    expect = one(fields, "expect")
    require(coding is None or length is None, "two framings")
    require(coding is None or (minor == 1 and coding.lower() == b"chunked"), "coding")
    require(length is None or LENGTH.fullmatch(length), "length")
    require(expect is None or expect.lower() == b"100-continue", "expectation")
    length = int(length or 0)
    require((coding is None and length == 0) or method not in BODILESS
            or method in site.bodies_on, "body")
    return ("chunked", 0) if coding else ("sized", length)


def read_chunks(data, at):
    body = b""
    while True:
        match = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n").match(data, at)
        if not match:
            rest = data[at:at + 10]
            require(re.fullmatch(rb"[0-9A-Fa-f]{0,8}\r?", rest) and rest != b"\r", "chunk size")
            raise Unfinished("chunk size")
        size, at = int(match[1], 16), match.end()
        part, end = data[at:at + size], data[at + size:at + size + 2]
        require(size or b"\r\n".startswith(end), "trailer")
        require(b"\r\n".startswith(end), "chunk end")
        if len(end) < 2:
            raise Unfinished("chunk")
        body, at = body + part, at + size + 2
        if not size:
            return body, at


def forwarded(fields):
    return [(name, value.decode("latin-1")) for name, value in fields
            if name not in DROPPED and not name.startswith(DROPPED_FAMILIES)]
