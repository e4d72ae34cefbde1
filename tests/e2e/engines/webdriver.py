"""W3C WebDriver's words over whatever carries them: HTTP for WebKit, Marionette's socket for Firefox."""

import base64
from pathlib import Path
from typing import Any, Protocol

from tests.e2e.engines.client import Client, Element, RefusedError, wait_for

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Driver(Protocol):
    """Carries commands by Marionette's names; they are the standard's."""

    def send(self, command: str, **parameters: object) -> Any: ...
    def kill(self) -> None: ...


class WebDriver(Client):
    """One tab."""

    def __init__(self, driver: Driver, handle: str) -> None:
        self._driver = driver
        self._handle = handle

    @classmethod
    def first(cls, driver: Driver) -> "WebDriver":
        """The tab a new browser has."""
        return cls(driver, driver.send("GetWindowHandle"))

    def tab(self) -> "WebDriver":
        made = self._send("NewWindow", type="tab")
        return WebDriver(self._driver, made["handle"])

    def open(self, url: str) -> None:
        self._send("Navigate", url=url)

    def reload(self) -> None:
        # By the page: Firefox takes the driver's own for one that goes past the service worker.
        self.run("window.old = true; location.reload()")
        wait_for(lambda: self.find("return window.old ? null : document.body") is not None, "the page anew")

    def back(self) -> None:
        self._send("Back")

    def forward(self) -> None:
        self._send("Forward")

    def run(self, script: str, *arguments: object) -> Any:
        return self._send("ExecuteScript", script=script, args=list(arguments))

    def find(self, script: str, *arguments: object) -> Element | None:
        try:
            return self.run(script, *arguments)
        except RefusedError:
            return None  # The page went away while it was looked at.

    def click(self, element: Element) -> None:
        # WebKit does not look beyond the window: what lies under a bar counts as seen.
        self.run("arguments[0].scrollIntoView({block: 'nearest'})", element)
        self._send("ElementClick", id=element[ELEMENT])

    def type(self, element: Element, text: str) -> None:
        self._send("ElementSendKeys", id=element[ELEMENT], text=text)

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._send("TakeScreenshot", full=False)))

    def kill(self) -> None:
        self._driver.kill()

    def _send(self, command: str, **parameters: object) -> Any:
        self._driver.send("SwitchToWindow", handle=self._handle)
        return self._driver.send(command, **parameters)


def wait_for_file(file: Path) -> str:
    """The text of a file that another process is about to write."""
    return wait_for(lambda: file.read_text() if file.exists() else "", str(file))
