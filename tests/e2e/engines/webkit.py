"""WebKitGTK over WebKitWebDriver, on a virtual display."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.engines.client import ANSWER, RefusedError, end, start, wait_for
from tests.e2e.engines.webdriver import WebDriver
from tests.e2e.server import free_port

WINDOW = Path(__file__).with_name("webkit_window.py")
PATHS = {
    "GetWindowHandle": ("GET", "/window"),
    "SwitchToWindow": ("POST", "/window"),
    "NewWindow": ("POST", "/window/new"),
    "Navigate": ("POST", "/url"),
    "Back": ("POST", "/back"),
    "Forward": ("POST", "/forward"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "TakeScreenshot": ("GET", "/screenshot"),
}


@contextmanager
def screen() -> Iterator[str]:
    """A virtual X display; yields its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x900x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        name = f":{number.readline().strip()}"
    try:
        yield name
    finally:
        process.terminate()
        process.wait()


class Http:
    """The driver's process, which starts the browser, and one session."""

    def __init__(self, program: str, profile: Path, display: str) -> None:
        profile.mkdir(exist_ok=True)
        self._base = f"http://127.0.0.1:{free_port()}"
        folders = {"HOME": str(profile), "XDG_RUNTIME_DIR": str(profile)}
        quiet = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "GTK_A11Y": "none", "NO_AT_BRIDGE": "1"}
        plain = {"GSETTINGS_BACKEND": "memory", "LIBGL_ALWAYS_SOFTWARE": "1"}
        command = [program, f"--port={self._base.rsplit(':')[-1]}"]
        self._process = start(command, profile / "log", {"DISPLAY": display} | folders | quiet | plain)
        wait_for(self._is_up, "the driver")
        browser = {"binary": sys.executable, "args": [str(WINDOW), str(profile)]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": browser}}
        self._session = self._call("POST", "/session", {"capabilities": wanted})["sessionId"]

    def send(self, command: str, **parameters: object) -> Any:
        method, path = PATHS[command]
        return self._call(method, f"/session/{self._session}{path.format(**parameters)}", parameters)

    def kill(self) -> None:
        end(self._process)

    def _is_up(self) -> bool:
        try:
            return bool(self._call("GET", "/status")["ready"])
        except OSError:
            return False

    def _call(self, method: str, path: str, parameters: dict[str, Any] | None = None) -> Any:
        body = json.dumps(parameters).encode() if method == "POST" else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as fault:
            raise RefusedError(json.load(fault)["value"]["message"]) from fault


def webkit(program: str, profile: Path, display: str) -> WebDriver:
    """WebKit with this profile."""
    return WebDriver.first(Http(program, profile, display))
