"""Fixtures of the imports at the desk."""

from threading import Thread

import pytest

from app.core.db import Database
from app.core.strings import set_language
from app.intake.household_import.runs import reading, worker
from app.intake.household_import.runs.worker import Job


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are read by a thread of this process. The process of its own takes a second to import the app; it
    is the subject of test_upload.py."""

    def start(_database: Database, job: Job) -> int:
        def read() -> None:
            set_language(job.language)
            reading.run(job)

        Thread(target=read).start()
        return 0

    monkeypatch.setattr(worker, "start", start)
