"""The attacks of `tests.faults.hostile` by a phone, a page or a stranger."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from tests.phone import Phone, new_id
from tests.sync.export.export_file import encrypt_content
from tests.world import World

SECONDS = 12.0  # the duration of an attack
SLOW_UPLOADS, SIGN_INS = 60, 400
MEGABYTE = 1 << 20
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Scene:
    """A running server and its users: Bình's cookie, Lan's phone, and Nam's, which is hostile."""

    port: int
    process: subprocess.Popen[bytes]
    world: World
    desk: str
    lan: Phone
    nam: Phone
    key: dict[str, str]


def no_attack(_scene: Scene) -> None:
    """Only the ordinary requests."""
    time.sleep(SECONDS)


def deep_data(scene: Scene) -> None:
    """Pushes of 100 operations, each nested 980 deep."""
    value: list[Any] = []
    for _ in range(979):
        value = [value]
    sys.setrecursionlimit(5_000)  # for the JSON encoder
    for _ in _rounds():
        scene.nam.send(*[scene.nam.visit(scene.world.anh, note=value) for _ in range(100)])
        scene.nam.held.clear()


def reused_ids(scene: Scene) -> None:
    """Pushes of 490 KB with the id of a known operation."""
    known = scene.nam.visit(scene.world.anh)
    scene.nam.exchange(known)
    for number in _rounds():
        scene.nam.send(known | {"data": known["data"] | {"note": f"{number}" + "a" * 490_000}})


def filled_quarantine(scene: Scene) -> None:
    """Pushes of 30 operations of 15 KB that wait for a visit that is never sent."""
    for _ in _rounds():
        many = [scene.nam.op("visit.amend", _padded(15_000)) for _ in range(30)]
        scene.nam.send(*many)
        scene.nam.held.clear()


def absurd_numbers(scene: Scene) -> None:
    """Pushes with a `next_seq` of 2**53 and 20,000 held numbers."""
    queue = {
        "count": 0,
        "oldest_at": None,
        "next_seq": 2**53 - 1,
        "held": list(range(10**6, 10**6 + 40_000, 2)),
    }
    for _ in _rounds():
        scene.nam.send(scene.nam.visit(scene.world.anh), queue=queue)
        scene.nam.held.clear()


def many_words(scene: Scene) -> None:
    """Searches of 30,000 words, and of 10,000 combining marks."""
    words = quote("a " * 15_000), quote("e" + "\u0301" * 5_000)
    for number in _rounds():
        get(scene.port, f"/desk/visits?q={words[number % 2]}", scene.desk)


def slow_uploads_without_session(scene: Scene) -> None:
    _upload_slowly(scene.port, "")


def slow_uploads_with_session(scene: Scene) -> None:
    _upload_slowly(scene.port, scene.desk)


def export_bombs(scene: Scene) -> None:
    """Export files of some KB that decompress to 63 MB or to millions of empty objects."""
    ids = {name: getattr(scene.nam, name) for name in ("commune_id", "account_id", "device_id")}
    full = {"type": "visit.record", "data": [[]] * 5_000}
    bombs = [
        encrypt_content(scene.key, ids | {"ops": [{}], "filler": " " * 63 * MEGABYTE}),
        encrypt_content(scene.key, ids | {"ops": [{}] * 2_500_000}),
        encrypt_content(
            scene.key, ids | {"ops": [{"op_id": new_id(), "seq": seq} | full for seq in range(500)]}
        ),
    ]
    with httpx2.Client(base_url=f"http://127.0.0.1:{scene.port}", timeout=60) as client:
        for number in _rounds():
            client.post(
                "/desk/export-file",
                files={"file": ("tung-nha.tnha", bombs[number % 3])},
                headers={"Cookie": scene.desk, "Sec-Fetch-Site": "same-origin"},
            )


def slow_headers(scene: Scene) -> None:
    """300 connections that send the header of a request byte by byte."""
    clients = [socket.create_connection(("127.0.0.1", scene.port), 10) for _ in range(300)]
    for _ in _rounds(0.5):
        for client in clients:
            _send_if_open(client, b"x")
    for client in clients:
        client.close()


def sign_in_tries(scene: Scene) -> None:
    """400 sign-ins at once, half of them as Bình."""
    names = ["binh" if number % 2 else f"ten-{number}" for number in range(SIGN_INS)]
    tries = [threading.Thread(target=_try_sign_in, args=(scene.port, name), daemon=True) for name in names]
    for one in tries:
        one.start()
    for one in tries:
        one.join(60)


ATTACKS: dict[str, Callable[[Scene], None]] = {
    "no attack": no_attack,
    "data 980 deep": deep_data,
    "known ids, 490 KB": reused_ids,
    "filled quarantine": filled_quarantine,
    "next_seq of 2**53": absurd_numbers,
    "30,000 words": many_words,
    "60 slow uploads, no session": slow_uploads_without_session,
    "60 slow uploads, session": slow_uploads_with_session,
    "export bombs": export_bombs,
    "300 slow headers": slow_headers,
    "400 sign-in tries": sign_in_tries,
}


def _rounds(pause: float = 0.0) -> Iterator[int]:
    """Round numbers, for `SECONDS`, with a pause in seconds after each round."""
    ends_at, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < ends_at:
        yield number
        number += 1
        time.sleep(pause)


def _upload_slowly(port: int, cookie: str) -> None:
    """60 uploads of 8 MB whose last bytes are sent one by one."""
    head = (
        "POST /desk/export-file HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {8 * MEGABYTE - 1}\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    ).encode()
    clients = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(SLOW_UPLOADS)]
    for client in clients:
        _send_if_open(client, head)
    sent = 0
    for _ in _rounds(0.1):
        piece = bytes(MEGABYTE // 10) if sent < 7.5 * MEGABYTE else b"x"
        sent += len(piece)
        for client in clients:
            _send_if_open(client, piece)
    for client in clients:
        client.close()


def _send_if_open(client: socket.socket, piece: bytes) -> None:
    """Send bytes; close the socket if the server has closed its end or does not read."""
    client.settimeout(1)
    try:
        client.sendall(piece)
    except OSError:
        client.close()


def _try_sign_in(port: int, name: str) -> None:
    try:
        post_sign_in(port, name, "khong-phai-mat-khau")
    except OSError:
        return


def post_sign_in(port: int, name: str, password: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/desk/sign-in", urlencode({"name": name, "password": password}), FORM)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def get(port: int, path: str, cookie: str = "") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def _padded(size: int) -> dict[str, Any]:
    """Data of a `visit.amend` for an unknown visit, of about this size in bytes."""
    content = {"id": new_id(), "household_id": new_id(), "base_version": 1, "result": "helped"}
    one = {"code": "c" * 60, "outcome": "did_it", "people": 1}
    return content | {"services": [one] * min(40, size // len(json.dumps(one))), "note": "a" * 500}
