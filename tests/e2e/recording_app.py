"""The app, with every address and header that reaches it written to a file beside the server's log."""

import os
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from app import main

FILE = "requests.txt"


def create_app() -> ASGIApp:
    """`app.main.create_app` with the environment's settings."""
    app = main.create_app()
    app.add_middleware(RecordRequests)
    return app


class RecordRequests:
    """Appends one line for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.file = Path(os.environ["TUNGNHA_DATA_DIR"]) / FILE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            with self.file.open("a", encoding="utf-8") as file:
                file.write(
                    f"{scope['method']} {scope['path']} {scope['query_string']!r} {scope['headers']!r}\n"
                )
        await self.app(scope, receive, send)
