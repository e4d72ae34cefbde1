"""The catalog of texts: `app/core/locale/<language>/LC_MESSAGES/messages.po`, for server and phone.

``python service_worker/build/catalog.py`` (`make messages`) extracts every text of `_()` and `lazy()` from
code and templates, adds what is new to each catalog and removes what is gone. The build compiles them:
`messages.mo` for the server, for the phone a module with its texts for each language.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app.core.strings import DOMAIN, LANGUAGES, LOCALE, SOURCE, count_name  # noqa: E402

TRANSLATED = [code for code in LANGUAGES if code != SOURCE]
METHODS = {"app": "python", "templates": "jinja2", "static/field": "javascript", "static/desk": "javascript"}
FILES = {"python": "**.py", "jinja2": "**.html", "javascript": "**.ts"}
# Always Vietnamese: what operators read in a shell, documents, and the page for other browsers, in which no
# language can be chosen yet.
VIETNAMESE_ONLY = (
    "app/cli/",
    "app/reports/forms/",
    "app/reports/wording/sentences.py",
    "app/reports/visit_download/writing.py",
    "app/intake/people_import/template.py",
    "app/intake/household_import/runs/template.py",
    "templates/desk/people/lost_phone_papers.html",
    "templates/gate.html",
    "templates/first_visit.html",
)
PHONE = ("static/field/", "templates/field/", "templates/macros.html", "templates/shell.html")
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural}\\n"

"""
KEYWORDS: dict[str, Any] = {"_": None, "lazy": None}


def extract() -> Catalog:
    """Every text with the files it is in. One with a count has a plural; in Vietnamese both are the same."""
    files: dict[str, set[str]] = {}
    for folder, method in METHODS.items():
        found = extract_from_dir(ROOT / folder, [(FILES[method], method)], keywords=KEYWORDS)
        for name, _line, message, _comments, _context in found:
            path = f"{folder}/{Path(name).as_posix()}"
            if isinstance(message, str) and not path.startswith(VIETNAMESE_ONLY):
                files.setdefault(message, set()).add(path)
    catalog = _catalog()
    for message in sorted(files):
        id = (message, message) if count_name(message) else message
        catalog.add(id, locations=[(path, 0) for path in sorted(files[message])])
    return catalog


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_file(language: str) -> Path:
    return po_file(language).with_suffix(".mo")


def read(language: str) -> Catalog:
    """The catalog of a language, as it is in the repository."""
    with po_file(language).open("rb") as file:
        return read_po(file, language)


def update() -> None:
    """Bring the catalogs of all languages up to date; new texts are there without a translation."""
    wanted = extract()
    for language in TRANSLATED:
        known = read(language)
        catalog = _catalog(language)
        for message in listed(wanted):
            old = known.get(key(message))
            fits = old is not None and old.pluralizable == message.pluralizable
            text = texts(old) if old is not None and fits else ("", "")
            catalog.add(message.id, text if message.pluralizable else text[0], locations=message.locations)
        _write(catalog, language)
        missing = sum(not all(texts(message)) for message in listed(catalog))
        print(f"{po_file(language).relative_to(ROOT)}: {len(catalog)} texts, {missing} to translate")


def listed(catalog: Catalog) -> list[Message]:
    """The messages of a catalog, without its header."""
    return [message for message in catalog if message.id]


def texts(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one for each plural form. Empty texts are missing."""
    found = message.string or ""
    return (found,) if isinstance(found, str) else tuple(found)


def compile_catalogs() -> None:
    """Write the files that the server reads."""
    for language in TRANSLATED:
        with mo_file(language).open("wb") as file:
            write_mo(file, read(language))


def phone_module(language: str) -> str:
    """The JavaScript module with the phone's texts: `{text: translation}`; a text with a count has
    `[name of the count, singular, plural]`."""
    entries = dict(_phone_entries(read(language)))
    return f"export default {json.dumps(entries, ensure_ascii=False, separators=(',', ':'))};\n"


def _phone_entries(catalog: Catalog) -> Iterator[tuple[str, str | list[str]]]:
    for message in listed(catalog):
        if any(path.startswith(PHONE) for path, _line in message.locations):
            text, found = key(message), texts(message)
            name = count_name(text)
            is_same = len(set(found)) == 1
            if all(found):
                yield text, found[0] if name is None or is_same else [name, *found]


def key(message: Message) -> str:
    """The Vietnamese text."""
    return message.id if isinstance(message.id, str) else message.id[0]


def _catalog(language: str | None = None) -> Catalog:
    return Catalog(language, domain=DOMAIN, charset="utf-8", fuzzy=False)


def _write(catalog: Catalog, language: str) -> None:
    """Without the dates of Babel's header, so that a file changes only if its texts do."""
    with po_file(language).open("wb") as file:
        file.write(HEADER.format(language=language, plural=catalog.plural_forms).encode())
        write_po(file, catalog, width=110, include_lineno=False, omit_header=True)


if __name__ == "__main__":
    update()
