"""Identifiers have none of the words that `docs/glossary.md` forbids; no old module name is left."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.sync.enrolment import EnrolmentAnswer
from app.upkeep.migrations.tables import METADATA
from app.web.phone.devices import EnrolmentRequest
from tests.cases import cases
from tests.docs import waiting
from tests.docs.sources import ROOT, own_files, python_source, sources, words

GLOSSARY = ROOT / "docs" / "glossary.md"
# Where an old name may stand: what tells of the past, and the list itself.
_ASIDE = ("CHANGELOG.md", "app/upkeep/migrations/", "tests/docs/")
_PREDICATES = {"is", "has", "had", "was", "are", "may", "can"}
# Names that nothing has any more, in code or in prose. `/` stands for `/` or `.`: a path or a Python module.
OLD_NAMES = """
    app/keeping app/lists app/account_commands app/command_line app/serving web/desk_
    visits/homes visits/merging households/doubles accounts/ending maintenance/history
    core/shapes core/plans core/private core/ids
    sync/ground sync/pusher sync/numbers sync/release sync/queries sync/retry sync/room sync/backup
    tests/domain tests/keeping tests/lists web/pressing faults/seeds e2e/seeds field/seeds
    benchmarks/bare benchmarks/book benchmarks/material
    promises.ts fates.ts twins.ts pace.ts asking.ts patience.ts places.ts reach.ts jumps.ts
    syncing.ts drafting.ts copying_out mending.ts signed_out.ts
    AtHome Pusher beside_the_index of_our_time _bring_in_its_wake there_by_now taking_in normal_phone let_go
    later/main later/routes carried/store carried/delivery boot/device boot/laterBundle sync/announcements
    export/deviceKey
    prepared.among replica.book sign_in.who backup_key new-backup-key SEEDS FAULT_SEED
""".split()
# Names that a module, a function, or a key of the wire and the tables had. As other names they may be right:
# `cells` are the cells of a workbook.
OLD_MODULES = set(
    """
    keeper keeping ageing homes ground pusher numbers release sealed taking_in cells kinds faults headings
    plans shapes promises fates twins pace asking patience places jumps bare book material seeds
    pressing
    """.split()
)
OLD_FUNCTIONS = set("survey among sealed taking_in who _plain".split())
OLD_KEYS = set("gone got had once life backup_key".split())


@dataclass(frozen=True)
class Forbidden:
    """A row of the tables: words, names they may be part of, and whether they matter only as a thing."""

    words: frozenset[str]
    exceptions: tuple[list[str], ...]
    as_thing: bool

    def word_in(self, name: str) -> str | None:
        """The forbidden word in an identifier, or None."""
        parts = words(name)
        if self.as_thing and (not parts or parts[0] in {*_PREDICATES, "test"}):
            return None
        for phrase in self.exceptions:
            parts = without(parts, phrase)
        looked_at = parts[-1:] if self.as_thing else parts
        return next((part for part in looked_at if part in self.words), None)


def test_no_identifier_has_a_forbidden_word() -> None:
    assert complaints(found(), waiting.WORDS) == []


def test_no_old_name_is_left() -> None:
    """The changelog and migrations may tell of the past."""
    assert complaints(old_names_found(), waiting.OLD_NAMES) == []


def test_no_module_has_an_old_name() -> None:
    assert [path for path in sources() if Path(path).name.partition(".")[0] in OLD_MODULES] == []


def test_no_function_has_an_old_name() -> None:
    left = [
        f"{path}:{function.line} {function.name}"
        for path, source in sources().items()
        for function in source.functions
        if function.name in OLD_FUNCTIONS
    ]
    assert left == []


def test_nothing_on_the_wire_has_an_old_name() -> None:
    """The generated types of an exchange, and the bodies that sign a device in."""
    types = (ROOT / "static" / "field" / "core" / "protocol.ts").read_text("utf-8")
    keys = set(re.findall(r"^  (\w+)\??: ", types, re.MULTILINE))
    assert len(keys) > 110
    keys |= set(EnrolmentRequest.model_fields) | EnrolmentAnswer.__annotations__.keys()
    assert {"acked_version", "omit_result_rows", "tombstone", "installation_id"} <= keys
    assert keys & OLD_KEYS == set()


def test_no_table_or_column_has_an_old_name() -> None:
    tables = METADATA.tables.values()
    names = {table.name for table in tables} | {column.name for table in tables for column in table.columns}
    assert {"tombstone", "installation_id"} <= names
    assert names & OLD_KEYS == set()


def test_the_glossary_has_both_tables() -> None:
    assert {row.as_thing for row in forbidden()} == {False, True}


@cases(
    "name", ["home", "HOMES", "homeAt", "_at_home", "test_home_is_added", "kept", "rows_kept", "VISITS_KEPT"]
)
def test_a_forbidden_word_is_seen(name: str) -> None:
    assert word_in(name)


@cases(
    "name",
    [
        "homework",
        "not_home",
        "home_screen_steps",
        "add_next_door",
        "is_kept",
        "kept_rows",
        "test_note_is_kept",
    ],
)
def test_other_words_are_not(name: str) -> None:
    assert word_in(name) is None


def test_what_waits_may_only_become_less() -> None:
    assert complaints({("a.py", "home", "")}, {"a.py": "home"}) == []
    assert complaints({("a.py", "home", "a.py:1 home")}, {}) == ["a.py:1 home"]
    assert complaints(set(), {"a.py": "home"}) == ["a.py no longer has to wait for home"]


def test_names_of_both_languages_are_read() -> None:
    python = python_source("def a(b, *, c=1):\n    self.d = e = [f for f in b]\n    class G: h: int\n")
    assert {name for name, _ in python.names} == set("abcdefGh")
    script = sources()["tests/docs/parse.mjs"]
    assert {"walk", "visit", "start", "functions", "require"} <= {name for name, _ in script.names}


@cache
def forbidden() -> list[Forbidden]:
    """The rows of both tables of the glossary."""
    section = GLOSSARY.read_text("utf-8").partition("\n## Forbidden in identifiers\n")[2]
    rows, as_thing = [], False
    for line in section.splitlines():
        if line.startswith("| Participle"):
            as_thing = True
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:-1]]
        if len(cells) == 3 and cells[0]:
            phrases = tuple(words(phrase) for phrase in cells[2])
            rows.append(Forbidden(frozenset(cells[0]), phrases, as_thing))
    return rows


def word_in(name: str) -> str | None:
    """The first forbidden word in an identifier, or None."""
    return next((word for row in forbidden() if (word := row.word_in(name))), None)


def without(parts: list[str], phrase: list[str]) -> list[str]:
    """The words of a name without those of a phrase that may stand in it."""
    for start in range(len(parts) - len(phrase) + 1):
        if parts[start : start + len(phrase)] == phrase:
            return parts[:start] + without(parts[start + len(phrase) :], phrase)
    return parts


def found() -> set[tuple[str, str, str]]:
    """File, forbidden word and place of every name that has one; a file's own name is one of its names."""
    named = ((path, name, line) for path, source in sources().items() for name, line in source.names)
    files = ((path, Path(path).name.partition(".")[0], 0) for path in sources())
    return {
        (path, word, f"{path}:{line} {name}")
        for path, name, line in (*named, *files)
        if (word := word_in(name)) is not None
    }


def old_names_found() -> set[tuple[str, str, str]]:
    ends = ((name, "" if name.endswith("_") else r"(?!\w)") for name in OLD_NAMES)
    parts = (re.escape(name).replace("/", "[/.]") + end for name, end in ends)
    pattern = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(parts)})")
    return {
        (path, name, f"{path} {name}")
        for path, text in texts()
        for name in pattern.findall(f"{path}\n{text}")
    }


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of the project's own files in which an old name would be a mistake."""
    for file in own_files():
        path = file.relative_to(ROOT).as_posix()
        if not path.startswith(_ASIDE):
            yield path, file.read_text("utf-8")


def complaints(found: set[tuple[str, str, str]], waits: dict[str, str]) -> list[str]:
    """The places that may not wait, and the entries of `waits` that nothing needs."""
    waiting_for = {(path, word) for path, listed in waits.items() for word in listed.split()}
    needed = {(path, word) for path, word, _ in found}
    new = sorted(place for path, word, place in found if (path, word) not in waiting_for)
    return new + [f"{path} no longer has to wait for {word}" for path, word in sorted(waiting_for - needed)]
