"""A large file keeps only the files of its own commune waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.errors import Busy
from app.web.delivery import limits
from app.web.delivery.limits import ImportPlaces


def test_file_of_another_commune_does_not_wait_and_one_of_the_same_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WAIT_SECONDS", 0.05)
    places = ImportPlaces()
    with places.slot("first"):
        with places.slot("second"):
            pass
        with pytest.raises(Busy), places.slot("first"):
            pass
    with places.slot("first"):
        pass


def test_no_more_files_are_unpacked_at_once_than_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_SECONDS", 0.05)
    places = ImportPlaces()
    with places.slot("1"), places.slot("2"), places.slot("3"), pytest.raises(Busy), places.slot("4"):
        pass


def test_file_that_waits_is_imported_once_the_one_before_is() -> None:
    places, done = ImportPlaces(), threading.Event()

    def import_second() -> str:
        with places.slot("first"):
            return "imported"

    with ThreadPoolExecutor(1) as pool:
        with places.slot("first"):
            second = pool.submit(import_second)
            assert not done.wait(0.05)
            assert not second.done()
        assert second.result(10) == "imported"
