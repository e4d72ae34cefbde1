"""Looking where the databases stand, every second."""

import asyncio

import pytest

from app import main


def test_database_that_does_not_say_where_it_stands_is_asked_again_in_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    def look() -> None:
        if not pauses:
            raise ValueError

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main._watch(look))
    assert pauses == [main.FOLLOW, main.LOOK]
