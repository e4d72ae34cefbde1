"""The tests that read the project's code read all of it, also after a rename."""

from tests.docs.sources import CODE, ROOT, browser_code, files, sources
from tests.docs.test_screen_words import read_strings


def test_all_code_of_browsers_is_parsed() -> None:
    code = {file.relative_to(ROOT).as_posix() for file in browser_code()}
    assert code - sources().keys() == set()
    assert code - set(files(*CODE)) == set()
    assert len(code) >= 140


def test_functions_and_names_of_browsers_are_found() -> None:
    read = [source for path, source in sources().items() if path.startswith(("static/", "service_worker/"))]
    assert sum(len(source.functions) for source in read) >= 1500
    assert sum(len(source.names) for source in read) >= 9000


def test_tests_of_the_phone_are_parsed() -> None:
    assert len([path for path in sources() if path.startswith("tests/field/") and ".test." in path]) >= 65


def test_texts_of_every_side_are_read() -> None:
    floors = {"app/": 800, "templates/": 1500, "static/field/": 390}
    texts = [where for where, _text in read_strings()]
    read = {folder: sum(where.startswith(folder) for where in texts) for folder in floors}
    assert {folder: count for folder, count in read.items() if count < floors[folder]} == {}
