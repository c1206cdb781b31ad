# Fixtures: a scripted upstream, a real Redis, and the real program between them.
# SPDX-License-Identifier: Apache-2.0
import pathlib
import resource
import shutil
import tempfile

import pytest

import services
import trail
import upstream as fake

# The rule most tests use: a deletion that one of the sre group must agree to.
DELETE = {
    "name": "users.delete",
    "title": "Delete user {id}",
    "match": {"method": "DELETE", "path": "/admin/users/{id}"},
    "verdict": "approval",
    "approval": {"from": {"group": "sre", "count": 1}, "hold_for": "15s"},
}
PUBLIC = {"name": "public", "match": {"path": "/public/**"}, "verdict": "allow"}


def delete_rule(**approval):
    """The deletion rule with other approval keys."""
    return {**DELETE, "approval": {**DELETE["approval"], **approval}}


def pytest_configure(config):
    config.addinivalue_line("markers", "scaled: counts and sizes follow COUNTERSIGN_SCALE")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16384 if hard == resource.RLIM_INFINITY else min(hard, 16384)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    if not services.PROGRAM.exists():
        raise pytest.UsageError(f"{services.PROGRAM} is not there: run ./bootstrap build")


@pytest.fixture
def folder():
    """A short path, for Unix sockets; gone after the test."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="cs-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def upstream():
    server = fake.Upstream()
    yield server
    server.close()


@pytest.fixture
def redis(folder):
    server = services.Redis(folder / "redis")
    yield server
    server.stop()


@pytest.fixture
def serve(folder, upstream, redis):
    """
    serve(rules, **changes) starts a Countersign; every one started is ended at the end of the
    test, its trail is verified, and what the upstream saw is held against it.
    """
    started = []

    def start(rules=None, name=None, **changes):
        proxy = services.Countersign(
            folder / (name or f"node{len(started)}"), upstream.url,
            changes.pop("redis_url", redis.url), rules or [DELETE, PUBLIC], **changes)
        started.append(proxy)
        return proxy.start()

    yield start
    try:
        for proxy in started:
            proxy.stop()
    finally:
        for proxy in started:
            if proxy.process:
                proxy.process.sweep()
    records = []
    for proxy in started:
        trail.check_chains(proxy.audit_file)
        # Who shares a state_dir shares the heads kept there, so the files go together.
        done = proxy.verify(*[other.audit_file for other in started
                              if other.state_dir == proxy.state_dir])
        assert done.returncode == 0, done.stdout + done.stderr
        records += trail.read(proxy.audit_file)
    trail.check_forwards(records, upstream.requests)


@pytest.fixture
def proxy(serve):
    return serve()
