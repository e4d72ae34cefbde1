"""A process is ready when it begins to serve: what stays is made once, before, and is no garbage to scan."""

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

def analysed():
    return [one for one in gc.get_objects() if isinstance(one, Dependant)]

app = create_app()
with TestClient(app, base_url="http://127.0.0.1") as client:
    assert client.get("/nobody-has-this").status_code == 404
    after = len(analysed())
gc.unfreeze()
endpoints = {id(route.endpoint) for route in app.routes}
print(after, sum(id(one.call) in endpoints for one in analysed()) / len(app.routes))
"""


def test_each_route_is_analysed_once_and_none_at_the_first_request(tmp_path: Path) -> None:
    settings = {"TUNGNHA_MODE": "demo", "TUNGNHA_DATA_DIR": str(tmp_path)}
    seen = subprocess.run(
        [sys.executable, "-c", _FIRST_REQUEST],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout == "0 1.0\n"
