# Real servers behind Countersign get exactly what the trail says was forwarded.
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import os
import pathlib
import shutil
import sys
import time

import pytest

import services

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "origins"))
import origins  # noqa: E402
import play  # noqa: E402

SEED = int(os.environ.get("COUNTERSIGN_SEED", 1))
STREAMS = 2000 * int(os.environ.get("COUNTERSIGN_SCALE", 1))
SENDERS = 4
# One Countersign and one set of origins are good for that many streams.
BATCH = 10000


def play_batch(folder, redis, names, first, count):
    """Streams `first` to `first + count`, all of it compared; a Comparison."""
    folder.mkdir()
    started = [origins.Origin(name, folder) for name in names]
    proxy = services.Countersign(folder / "node", "http://127.0.0.1:1", redis.url, [],
                                 sites=play.sites_of(started))
    try:
        proxy.start()
        with concurrent.futures.ProcessPoolExecutor(SENDERS) as senders:
            jobs = [senders.submit(play.play_some, proxy.port, SEED, names,
                                   range(first + n, first + count, SENDERS), first)
                    for n in range(SENDERS)]
            played = [stream for job in jobs for stream in job.result()]
        proxy.stop()
        assert proxy.verify().returncode == 0
    finally:
        if proxy.process:
            proxy.process.sweep()
        for origin in started:
            origin.stop()
    comparison = play.Comparison(started, proxy.audit_file)
    for stream in played:
        comparison.check(stream)
    comparison.check_rest()
    return comparison


def test_origins_receive_what_the_trail_says(folder, redis, capsys):
    names = origins.installed()
    if not names:
        pytest.skip("no origin is installed: ./bootstrap check installs them")
    begun, counts = time.monotonic(), collections.Counter()
    for first in range(0, STREAMS, BATCH):
        batch = folder / f"batch{first // BATCH}"
        done = play_batch(batch, redis, names, first, min(BATCH, STREAMS - first))
        counts += done.counts
        assert not done.findings, (
            f"COUNTERSIGN_SEED={SEED}: {len(done.findings)} findings\n"
            + "\n".join(done.findings[:10]))
        shutil.rmtree(batch)
    with capsys.disabled():
        print(f"\n  origins {' '.join(names)}: seed {SEED}, {time.monotonic() - begun:.0f} s")
        for name, count in sorted(counts.items()):
            print(f"    {count:8} {name}")
    for name in names:
        assert counts[f"forwarded to {name}"] > STREAMS // 20, f"{name} was hardly asked"
