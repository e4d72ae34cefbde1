"""What a deployment costs: Caddy before the server, memory at rest and under the fleet, disk for each visit.

The same phones send the same number of visits in turns straight to the server and through Caddy with
deploy/Caddyfile: HTTPS, a certificate of Caddy's own authority. Needs Debian's package `caddy`.
"""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from app.core.db import Database
from benchmarks import databases, dataset
from benchmarks.figures import Figure, main
from benchmarks.phone import Phone
from benchmarks.processes import ROOT, cpu_seconds, free_port, server

HOUSEHOLDS = 200
AT_REST = 200  # MB


def measure(small: bool = False, devices: int = 50, visits: int = 100, rounds: int = 3) -> list[Figure]:
    """The share of the throughput that Caddy costs; memory and disk of the server."""
    devices, visits, rounds = (4, 5, 2) if small else (devices, visits, rounds)
    with databases.store("sqlite") as store:
        database = Database(store.url)
        commune = dataset.settle(database, (devices + 1) // 2, 2, HOUSEHOLDS)
        database.close()
        before = disk(store.url)
        with server(store.url) as instance:
            idle = resident(instance.process.pid)
            phones = [Phone(instance.port, *member) for member in commune.members[:devices]]
            with caddy(instance.port) as (port, process):
                routes = [(instance.port, None), (port, trust_nobody())]
                speeds, cpu = _speeds(phones, visits, rounds, routes, process.pid)
                own = resident(process.pid)
            busy = resident(instance.process.pid)
        after = disk(store.url)
    direct, proxied = map(median, speeds)
    count = devices * visits * (rounds + 1) * 2
    load = f"{devices} devices × {visits} visits"
    return [
        Figure(
            f"Caddy's share of the throughput, {load}",
            max(0.01, (1 - proxied / direct) * 100),
            "%",
            10,
            detail=f"{proxied:,.0f} of {direct:,.0f} visits/s",
        ),
        Figure("memory of a server at rest, one worker, SQLite", idle / 1e6, "MB", AT_REST),
        Figure(f"memory of the same after {load}", busy / 1e6, "MB", 400),
        Figure(f"memory of Caddy after {load}", own / 1e6, "MB"),
        Figure("CPU of Caddy for 1,000 visits", cpu * 1000 / count * 2, "s"),
        Figure("disk for 1,000 visits, SQLite", (after - before) / count * 1000 / 1e6, "MB", 5),
    ]


@contextmanager
def caddy(upstream: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Caddy with the Caddyfile of deploy/, on a free port of loopback."""
    program = shutil.which("caddy")
    if program is None:
        raise RuntimeError("Caddy is missing: apt-get install caddy")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        text = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
        file = Path(folder) / "Caddyfile"
        # Nothing is to listen on port 80 here.
        file.write_text(text.replace("admin off", "admin off\n\tauto_https disable_redirects"), "utf-8")
        settings = {
            "TUNGNHA_PUBLIC_URL": f"https://127.0.0.1:{port}",
            "CADDY_CERTIFICATE": "tls internal",
            "APP_ADDRESS": f"127.0.0.1:{upstream}",
            "XDG_DATA_HOME": folder,
            "XDG_CONFIG_HOME": folder,
        }
        process = subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", str(file)],
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(process, port)
            yield port, process
        finally:
            process.terminate()
            process.wait()


def trust_nobody() -> ssl.SSLContext:
    """TLS as phones speak it; who signed the certificate is not what is measured."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def resident(pid: int) -> int:
    """Bytes of memory that a process has, shared pages included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def disk(url: str) -> int:
    """Bytes of the database's files."""
    file = Path(url.removeprefix("sqlite:///"))
    return sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*"))


def _speeds(
    phones: list[Phone],
    visits: int,
    rounds: int,
    routes: list[tuple[int, ssl.SSLContext | None]],
    proxy: int,
) -> tuple[list[list[float]], float]:
    """Visits a second of each round by each route, in turns after one to warm up; the proxy's CPU seconds."""
    speeds: list[list[float]] = [[] for _ in routes]
    cpu = cpu_seconds(proxy)
    with ThreadPoolExecutor(len(phones)) as pool:
        for number in range(rounds + 1):
            for route, (port, context) in enumerate(routes):
                for phone in phones:
                    phone.use(port, context)
                bodies = [phone.request(phone.prepare(visits)) for phone in phones]
                began = time.monotonic()
                replies = list(pool.map(Phone.exchange, phones, bodies))
                took = time.monotonic() - began
                for phone, reply in zip(phones, replies, strict=True):
                    phone.acknowledge(reply)
                speeds[route] += [len(phones) * visits / took] if number else []
    return speeds, cpu_seconds(proxy) - cpu


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("Caddy did not start")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("Caddy does not answer")


if __name__ == "__main__":
    main(measure)
