"""Every page of the office as HTML, so that what two commits answer can be compared.

`python -m tests.rendered prepare FOLDER` stores a database: the demo commune, an operator, a province viewer.
`python -m tests.rendered pages FOLDER OUT` follows every link of the three, sends every form twice (as it
stands with nothing typed, and filled in), follows the links again, and writes each answer to OUT, a line
each: who asked for what, status, address that follows, text. Ids, tokens and the time are the same in each
run. `python -m tests.rendered compare BEFORE AFTER` prints what differs. White space between tags counts for
nothing.

Of addresses that differ by ids only the first ones are asked for.
"""

import difflib
import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from app.commune.accounts import hashing
from app.commune.credentials.operators import add_operator
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.main import create_app
from app.upkeep import demo
from app.upkeep.migrations import upgrade

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
INSTANCES, QUERIES = 2, 8  # of an address with the same names in its query; of a path
OPERATOR = ("van-hanh", "tung-nha-demo")
WHO = {"desk": demo.SUPERVISOR[1:], "operator": OPERATOR, "province": demo.VIEWER[1:]}
_LEFT_ALONE = re.compile(
    r"/(desk/sign-out|(desk|operator|province)/account|desk/second-factor|desk/unlock|desk/card/print)|\.\w+$"
)
_ID = re.compile(r"(?<=/)([^/]*\d[^/]*|[A-Za-z0-9_-]{16,})(?=/|$)")
_TYPED = {"day": "20/11/2026", "date": "20/11/2026", "phone": "0912 345 678", "number": "12"}


class _Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, base: str, text: str) -> None:
        super().__init__()
        self.base, self.links, self.forms = base, list[str](), list[dict[str, Any]]()
        self._select: list[str] | None = None
        self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        placed = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in placed:
            self.links.append(urldefrag(urljoin(self.base, placed["href"]))[0])
        elif tag == "form":
            action = urldefrag(urljoin(self.base, placed.get("action") or self.base))[0]
            kind = placed.get("enctype", "")
            self.forms.append(
                {"method": placed.get("method", "get"), "action": action, "kind": kind, "fields": []}
            )
        elif self.forms and tag in ("input", "button", "select", "textarea") and placed.get("name"):
            if "disabled" in placed or placed.get("form"):
                return
            kind = placed.get("type", tag)
            self.forms[-1]["fields"].append(
                [placed["name"], kind, placed.get("value", ""), "checked" in placed]
            )
            if tag == "select":
                self._select = []
        elif tag == "option" and self._select is not None:
            self._select.append(placed.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            self.forms[-1]["fields"][-1][2] = next((one for one in self._select if one), "")
            self._select = None


def _fix_chance(seed: str) -> None:
    """Make ids, tokens and keys those of `seed`."""
    chance = random.Random(hashlib.sha256(seed.encode()).digest())
    os.urandom = chance.randbytes
    vars(random)["_urandom"] = chance.randbytes


def prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _fix_chance("prepare")
    settings = Settings(mode="demo", data_dir=folder)
    database = Database(settings.database)
    upgrade(database)
    database.write(lambda session: demo.load(session, NOW))
    name, password = OPERATOR
    database.write(
        lambda session: add_operator(session, "Người Vận Hành", name, hashing.hash_secret(password), NOW)
    )
    evaluate_all(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class _Crawl:
    def __init__(self, client: TestClient, who: str, out: Any) -> None:
        self.client, self.who, self.out = client, who, out
        self.forms: dict[tuple[str, str], dict[str, Any]] = {}
        self.words = ""
        self.asked = Counter[str]()

    def ask(self, method: str, address: str, **sent: Any) -> Any:
        self.asked[f"{method} {address}"] += 1
        _fix_chance(f"{self.who} {method} {address} {self.asked[f'{method} {address}']}")
        answer = self.client.request(method, address, **sent)
        for _ in range(100):  # a list is read by a process of its own
            if "import_progress" not in answer.text and 'http-equiv="refresh"' not in answer.text:
                break
            time.sleep(0.2)
            answer = self.client.request(method, address)
        kind = answer.headers.get("content-type", "")
        text = answer.text if "html" in kind else f"{kind} {len(answer.content) > 0}"
        line = [self.words, method, address, answer.status_code, answer.headers.get("location", ""), text]
        self.out.write(json.dumps(line, ensure_ascii=False) + "\n")
        return answer

    def walk(self, start: str) -> None:
        waiting, seen, instances = deque([start]), {start}, Counter[str]()
        while waiting:
            address = waiting.popleft()
            answer = self.ask("GET", address)
            if "html" not in answer.headers.get("content-type", "") or answer.status_code != 200:
                continue
            page = _Page(address, answer.text)
            for form in page.forms:
                shape = _shape(form["action"])
                self.forms.setdefault((shape, str(sorted({one[0] for one in form["fields"]}))), form)
            links = [*page.links, *(form["action"] for form in page.forms if form["method"] != "post")]
            for link in links:
                path = urlsplit(link).path
                if urlsplit(link).netloc or _LEFT_ALONE.match(path) or link in seen:
                    continue
                if not path.startswith(f"/{self.who}") and not path.startswith(("/desk/", "/check")):
                    continue
                shape = _shape(link)
                if instances[shape] < INSTANCES and instances[shape.partition("?")[0]] < QUERIES:
                    instances.update((shape, shape.partition("?")[0]))
                    seen.add(link)
                    waiting.append(link)

    def send_forms(self) -> None:
        """Send each form twice. What follows is looked at, with its forms."""
        sent: set[Any] = set()
        while waiting := [key for key in sorted(self.forms) if key not in sent]:
            for key in waiting:
                sent.add(key)
                form = self.forms[key]
                if form["method"] != "post" or _LEFT_ALONE.match(urlsplit(form["action"]).path):
                    continue
                for fill in (_empty, _filled):
                    self._send(form, fill)

    def _send(self, form: dict[str, Any], fill: Any) -> None:
        data: dict[str, list[str]] = {}
        files = dict[str, tuple[str, bytes, str]]()
        for field in form["fields"]:
            if field[1] == "file" and fill is _filled:
                files[field[0]] = ("hộ.csv", _LIST.encode(), "text/csv")
            elif field[1] != "file" and (value := fill(field)) is not None:
                data.setdefault(field[0], []).append(value)
        many: dict[str, Any] = {}
        if "multipart" in form["kind"]:
            many["files"] = files or {"file": ("", b"", "text/csv")}
        address = f"{form['action']}"
        answer = self.ask("POST", address, data=data, **many)
        if answer.status_code == 303:
            answer = self.ask("GET", urldefrag(urljoin(address, answer.headers["location"]))[0])
        if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
            for one in _Page(address, answer.text).forms:
                key = (_shape(one["action"]), str(sorted({name[0] for name in one["fields"]})))
                self.forms.setdefault(key, one)


_LIST = "Họ tên chủ hộ,Số nhà,Ngõ,Thôn\nTrần Thị Bưởi,7,Ngõ 1,Thôn Đông\nLê Văn Cam,9,Ngõ 2,Thôn Tây\n"


def _empty(field: list[Any]) -> str | None:
    _name, kind, value, _checked = field
    if kind in ("hidden",):
        return str(value)
    return "" if kind in ("text", "textarea", "search", "tel", "password") else None


def _filled(field: list[Any]) -> str | None:
    name, kind, value, checked = field
    if kind in ("hidden", "select", "button", "submit"):
        return str(value)
    if kind == "radio":
        return str(value)
    if kind == "checkbox":
        return (
            str(value or "on")
            if checked or int(hashlib.sha256(str(value).encode()).hexdigest(), 16) % 2
            else None
        )
    if kind == "number":
        return "12"
    if value:
        return str(value)
    return next((text for part, text in _TYPED.items() if part in name), f"Thử {name}")


def _shape(address: str) -> str:
    """The address without what tells one of many from another."""
    parts = urlsplit(address)
    names = sorted(one.partition("=")[0] for one in parts.query.split("&") if one)
    return _ID.sub("*", parts.path) + "?" + "&".join(names)


def pages(folder: Path, out: Path) -> None:
    hashing._HASHER = hashing._CODE_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with tempfile.TemporaryDirectory() as own, out.open("w", encoding="utf-8") as file:
        data = Path(own) / "data"
        shutil.copytree(folder, data)
        _fix_chance("pages")
        app = create_app(Settings(mode="demo", data_dir=data), lambda: NOW)
        for who, (name, password) in WHO.items():
            client = TestClient(
                app,
                base_url="http://127.0.0.1:8000",
                headers={"Sec-Fetch-Site": "same-origin"},
                follow_redirects=False,
                raise_server_exceptions=False,
            )
            crawl = _Crawl(client, who, file)
            crawl.words = f"{who} signs in"
            crawl.ask("GET", "/desk/sign-in")
            crawl.ask("POST", "/desk/sign-in", data={"name": name, "password": "wrong"})
            crawl.ask("POST", "/desk/sign-in", data={"name": name, "password": password})
            start = "/desk/" if who == "desk" else f"/{who}/"
            crawl.words = f"{who} looks"
            crawl.walk(start)
            crawl.words = f"{who} sends"
            crawl.send_forms()
            crawl.words = f"{who} looks again"
            crawl.walk(start)
            client.cookies.set("language", "en")
            crawl.words = f"{who} looks in English"
            crawl.walk(start)
        app.state.database.close()


def compare(before: Path, after: Path) -> int:
    """Print the answers that differ; returns how many do."""
    lines = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in (before, after)]
    known: dict[str, list[list[Any]]] = {}
    for one in lines[0]:
        known.setdefault(str(one[:3]), []).append(one)
    differing = 0
    for one in lines[1]:
        same = known.get(str(one[:3]))
        if not same:
            print("only after", *one[:4])
            continue
        was, now = ([*map(str, side[3:5]), *_tags(side[5])] for side in (same.pop(0), one))
        if was != now:
            differing += 1
            print("==", *one[:3])
            print(*list(difflib.unified_diff(was, now, lineterm="", n=0))[2:14], sep="\n    ")
    for one in (one for same in known.values() for one in same):
        print("only before", *one[:4])
    print(len(lines[0]), "answers before,", len(lines[1]), "after,", differing, "differ")
    return differing


def _tags(text: str) -> list[str]:
    """The tags, each with its attributes in the order of their names, and the texts of a page."""
    text = re.sub(r"\s+", " ", re.sub(r"/static/dist/[\w./-]+", "/static", text))
    pieces = [piece.strip() for piece in re.split(r"(?<=>)|(?=<)", text) if piece.strip()]
    return [_in_order(piece) if piece.startswith("<") else piece for piece in pieces]


def _in_order(tag: str) -> str:
    name, *attributes = re.findall(r'[^\s="<>]+(?:="[^"]*")?', tag)
    return f"<{name} {' '.join(sorted(attributes))}>"


if __name__ == "__main__":
    commands: dict[str, Callable[..., object]] = {"prepare": prepare, "pages": pages, "compare": compare}
    commands[sys.argv[1]](*(Path(one) for one in sys.argv[2:]))
