# The proxies that Countersign is measured beside: how they are configured and started.
# SPDX-License-Identifier: Apache-2.0
import http.client
import os
import re
import shutil
import subprocess

from processes import BenchError, Family

# Debian keeps both servers outside of a user's PATH.
SEARCH_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"

NGINX = """\
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile {files};
pid {dir}/nginx.pid;
error_log stderr error;
pcre_jit on;
events {{ worker_connections {files}; }}
http {{
    access_log {access_log};
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    upstream bench {{
        server 127.0.0.1:{upstream};
        keepalive 1024;
        keepalive_requests 1000000000;
        keepalive_timeout 600s;
    }}
    proxy_http_version 1.1;
    proxy_read_timeout 600s;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
{locations}
    }}
}}
"""

HAPROXY = """\
global
    nbthread 1
    maxconn {connections}
{log}
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 600s
    timeout http-keep-alive 600s
    option forwardfor
    http-reuse always
{line}
frontend bench
    bind 127.0.0.1:{port} backlog 4096
{rules}
    default_backend upstream
backend upstream
    server one 127.0.0.1:{upstream}
"""


def find_program(name, package):
    path = shutil.which(name, path=SEARCH_PATH)
    if not path:
        raise BenchError(f"{name} is not installed; Debian has it in {package}")
    return path


def version_of(name, package, option):
    run = subprocess.run([find_program(name, package), option], capture_output=True,
                         text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)*", run.stdout + run.stderr)
    return found.group() if found else "?"


def answers_200(port, path, headers):
    """Whether a request goes through to the upstream."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Proxy:
    """A way to run one proxy.  `headers` go into every request it is sent."""

    headers: dict = {}

    def __init__(self, name):
        self.name = name

    def start(self, bench, scratch, port):
        raise NotImplementedError

    def ready(self, bench, family, port):
        family.wait_until(lambda: answers_200(port, bench.rule_path(0), self.headers))
        return family


class Floor(Proxy):
    def start(self, bench, scratch, port):
        return Family(self.name, [bench.tool("floor"), port, bench.upstream_port],
                      bench.proxy_core, scratch / "log")


class Nginx(Proxy):
    """`line` is None, "written" (a write for each line) or "buffered"."""

    def __init__(self, name, line=None, regex_rules=0):
        super().__init__(name)
        self.line, self.regex_rules = line, regex_rules

    def locations(self, bench):
        if not self.regex_rules:
            return "        location / { proxy_pass http://bench; }"
        lines = [f"location ~ {bench.rule_regex(i)} {{ proxy_pass http://bench; }}"
                 for i in range(self.regex_rules)]
        return "\n".join(lines + ["location / { return 403; }"])

    def start(self, bench, scratch, port):
        access_log = {None: "off", "written": f"{scratch}/access.log",
                      "buffered": f"{scratch}/access.log combined buffer=64k flush=1s"}
        text = NGINX.format(
            user="user root;" if os.geteuid() == 0 else "", files=bench.files,
            dir=scratch, access_log=access_log[self.line], upstream=bench.upstream_port,
            port=port, locations=self.locations(bench))
        (scratch / "nginx.conf").write_text(text)
        command = [find_program("nginx", "nginx-light"), "-p", scratch,
                   "-c", scratch / "nginx.conf", "-e", "stderr"]
        return Family(self.name, command, bench.proxy_core, scratch / "log")


class Haproxy(Proxy):
    def __init__(self, name, line=False, map_rules=0):
        super().__init__(name)
        self.line, self.map_rules = line, map_rules

    def rules(self, bench, scratch):
        if not self.map_rules:
            return ""
        entries = [f"{bench.rule_prefix(i)} yes\n" for i in range(self.map_rules)]
        (scratch / "rules.map").write_text("".join(entries))
        is_known = f"path,map_beg({scratch}/rules.map) -m found"
        return f"    http-request deny unless {{ {is_known} }}"

    def start(self, bench, scratch, port):
        text = HAPROXY.format(
            connections=(bench.files - 100) // 2, port=port,
            upstream=bench.upstream_port,
            log="    log stdout format raw local0" if self.line else "",
            line="    log global\n    option httplog" if self.line else "",
            rules=self.rules(bench, scratch))
        (scratch / "haproxy.cfg").write_text(text)
        command = [find_program("haproxy", "haproxy"), "-db",
                   "-f", scratch / "haproxy.cfg"]
        with open(scratch / "access.log", "ab") as lines:
            return Family(self.name, command, bench.proxy_core, scratch / "log",
                          stdout=lines)
