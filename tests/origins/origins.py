# Real servers, each with a tiny app behind it that tells what arrived.
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import shutil
import socket
import subprocess

from services import Process, free_port
from wire import DEADLINE, eventually

HERE = pathlib.Path(__file__).resolve().parent

NGINX = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 4096; }}
http {{
	access_log off;
	client_body_temp_path {folder}/nginx-body;
	proxy_temp_path {folder}/nginx-proxy;
	fastcgi_temp_path {folder}/nginx-fastcgi;
	scgi_temp_path {folder}/nginx-scgi;
	uwsgi_temp_path {folder}/nginx-uwsgi;
	keepalive_timeout 3600s;
	keepalive_requests 100000000;
	client_max_body_size 0;
	client_header_buffer_size 64k;
	large_client_header_buffers 8 64k;
	upstream recorder {{ server 127.0.0.1:{recorder}; keepalive 64; }}
	server {{
		listen 127.0.0.1:{port};
		location / {{
			proxy_pass http://recorder;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $http_host;
			proxy_set_header X-Origin-Uri $uri;
			proxy_set_header X-Origin-Force $arg_force;
		}}
	}}
}}
"""

APACHE = """
ServerName origin.test
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache-error.log
DocumentRoot {folder}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
Listen 127.0.0.1:{port}
KeepAliveTimeout 3600
MaxKeepAliveRequests 0
LimitRequestFieldSize 65536
LimitRequestFields 1000
LimitRequestLine 65536
AllowEncodedSlashes NoDecode
ProxyPreserveHost On
ProxyAddHeaders Off
ProxyVia Off
ProxyPass / http://127.0.0.1:{recorder}/ nocanon
RequestHeader set X-Origin-Uri expr=%{{REQUEST_URI}}
"""

MODULES = pathlib.Path("/usr/lib/apache2/modules")


def find(program):
    """Where a program is; servers live where only root looks."""
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")


def takes_connections(port):
    try:
        socket.create_connection(("127.0.0.1", port), DEADLINE).close()
    except ConnectionError:
        return False
    return True


def start_recorder(folder, name, file):
    """What stands behind the two servers that pass on what they received."""
    port = free_port()
    recorder = Process(["/usr/bin/python3", HERE / "recorder.py", port, file],
                       folder / f"{name}-recorder.log")
    eventually(lambda: takes_connections(port), why=recorder.said)
    return recorder, port


def start_nginx(folder, port, file):
    recorder, behind = start_recorder(folder, "nginx", file)
    (folder / "nginx.conf").write_text(NGINX.format(
        folder=folder, port=port, recorder=behind,
        user="user root;" if os.geteuid() == 0 else ""))
    return [recorder, Process([find("nginx"), "-c", folder / "nginx.conf",
                               "-e", folder / "nginx-error.log"], folder / "nginx.log")]


def start_apache(folder, port, file):
    recorder, behind = start_recorder(folder, "apache", file)
    (folder / "apache.conf").write_text(APACHE.format(
        folder=folder, port=port, recorder=behind, modules=MODULES))
    return [recorder, Process([find("apache2"), "-DFOREGROUND", "-f", folder / "apache.conf"],
                              folder / "apache.log")]


def start_node(folder, port, file):
    return [Process([find("node"), HERE / "app.mjs", port, file], folder / "node.log")]


def start_aiohttp(folder, port, file):
    return [Process(["/usr/bin/python3", HERE / "app_aiohttp.py", port, file],
                    folder / "aiohttp.log")]


def start_go(folder, port, file):
    program = folder.parent / "origin-go"
    if not program.exists():
        env = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "",
               "GOCACHE": str(folder.parent / "go-cache"), "GOPATH": str(folder.parent / "go")}
        subprocess.run([find("go"), "build", "-o", program, HERE / "app.go"], check=True, env=env,
                       capture_output=True, timeout=300)
    return [Process([program, port, file], folder / "go.log")]


def has_aiohttp():
    done = subprocess.run(["/usr/bin/python3", "-c", "import aiohttp"], capture_output=True)
    return done.returncode == 0


# What must be there, how it is started.
KINDS = {
    "nginx": (lambda: find("nginx"), start_nginx),
    "apache": (lambda: find("apache2"), start_apache),
    "node": (lambda: find("node"), start_node),
    "aiohttp": (has_aiohttp, start_aiohttp),
    "go": (lambda: find("go"), start_go),
}


def installed():
    return [name for name, (is_there, _) in KINDS.items() if is_there()]


class Origin:
    """One server on a free port of the loopback; `arrivals` is the file it writes."""

    def __init__(self, name, folder):
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arrivals = folder / f"{name}.jsonl"
        self.arrivals.touch()
        self.processes = KINDS[name][1](folder, self.port, self.arrivals)
        eventually(self._listens)

    def _listens(self):
        """the origin takes connections"""
        for process in self.processes:
            assert process.is_alive(), (self.name, process.said())
        return takes_connections(self.port)

    def stop(self):
        for process in self.processes:
            process.stop()
