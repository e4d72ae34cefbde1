"""Firefox ESR over Marionette, the socket protocol that geckodriver uses."""

import json
import socket
from pathlib import Path
from typing import Any

from tests.e2e.engines.client import ANSWER, SIZE, RefusedError, end, start
from tests.e2e.engines.webdriver import WebDriver, wait_for_file

# The browser makes no requests of its own and asks no questions.
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.download.folderList": 2,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.startup.max_resumed_crashes": -1,
    "toolkit.telemetry.enabled": False,
}


class Marionette:
    """Firefox and its Marionette socket."""

    def __init__(self, program: str, profile: Path) -> None:
        profile.mkdir(exist_ok=True)
        preferences = PREFERENCES | {"browser.download.dir": str(profile)}
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()
        )
        (profile / "user.js").write_text("\n".join(lines))
        port = profile / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        command = [
            program,
            "--headless",
            "--marionette",
            "--no-remote",
            "--profile",
            str(profile),
        ]
        self._process = start(command, profile / "log", {})
        self._socket = socket.create_connection(("127.0.0.1", int(wait_for_file(port))), timeout=ANSWER)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._read()
        self.send("NewSession", capabilities={})
        self.send("SetWindowRect", width=SIZE[0], height=SIZE[1] + 85)

    def send(self, command: str, **parameters: object) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, fault, value = self._read()
        if fault:
            raise RefusedError(fault["message"])
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def kill(self) -> None:
        end(self._process)
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._answers.read(1) or _raise_closed()
        return json.loads(self._answers.read(int(length[:-1])))


def _raise_closed() -> bytes:
    raise RefusedError("Firefox closed the connection")


def firefox(program: str, profile: Path) -> WebDriver:
    """Firefox with this profile."""
    return WebDriver.first(Marionette(program, profile))
