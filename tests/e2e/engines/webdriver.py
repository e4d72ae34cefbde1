"""The commands of W3C WebDriver, over HTTP for WebKit and over Marionette's socket for Firefox."""

import base64
from pathlib import Path
from typing import Any, Protocol

from tests.e2e.engines.client import Client, Element, RefusedError, wait_for

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Driver(Protocol):
    """Sends commands, by the names that Marionette and the standard give them."""

    def send(self, command: str, **parameters: object) -> Any: ...
    def kill(self) -> None: ...


class WebDriver(Client):
    """One tab."""

    def __init__(self, driver: Driver, handle: str) -> None:
        self._driver = driver
        self._handle = handle

    @classmethod
    def first(cls, driver: Driver) -> "WebDriver":
        """The tab of a new browser."""
        return cls(driver, driver.send("GetWindowHandle"))

    def tab(self) -> "WebDriver":
        window = self._send("NewWindow", type="tab")
        return WebDriver(self._driver, window["handle"])

    def open(self, url: str) -> None:
        self._send("Navigate", url=url)

    def reload(self) -> None:
        # The driver's own reload would bypass the service worker in Firefox.
        self.run("window.old = true; location.reload()")
        wait_for(
            lambda: self.find("return window.old ? null : document.body") is not None, "the reloaded page"
        )

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
            return None  # the page was replaced meanwhile

    def click(self, element: Element) -> None:
        # WebKit does not scroll to an element that lies under a bar.
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
    """The text of a file, once another process has written it."""
    return wait_for(lambda: file.read_text() if file.exists() else "", str(file))
