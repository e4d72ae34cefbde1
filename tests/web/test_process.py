"""A process is ready when it begins to serve: what stays is made before, and is not scanned for garbage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# In a process of its own: applications of one process share the analysis of their routes.
_FIRST_REQUEST = """
import gc
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient
from app.main import create_app

with TestClient(create_app(), base_url="http://127.0.0.1") as client:
    assert client.get("/nobody-has-this").status_code == 404
    print(sum(isinstance(one, Dependant) for one in gc.get_objects()))
"""


def test_first_request_analyses_no_routes(tmp_path: Path) -> None:
    settings = {"TUNGNHA_MODE": "demo", "TUNGNHA_DATA_DIR": str(tmp_path)}
    seen = subprocess.run(
        [sys.executable, "-c", _FIRST_REQUEST],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout == "0\n"
