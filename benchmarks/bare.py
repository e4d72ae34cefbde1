"""The least a server can do: send a body that lies ready, take one and say so. The limit of what we do."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route


def create_app() -> Starlette:
    """`GET /` a page to ask from, `GET /rows` the gzipped JSON in the file ROWS, `POST /take` anything."""
    rows = Path(os.environ["ROWS"]).read_bytes() if os.environ.get("ROWS") else b""

    def page(_request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>bare</title>")

    def send(_request: Request) -> Response:
        headers = {"Content-Encoding": "gzip", "Cache-Control": "no-store"}
        return Response(rows, media_type="application/json", headers=headers)

    async def take(request: Request) -> Response:
        return JSONResponse({"taken": len(await request.body())})

    return Starlette(routes=[Route("/", page), Route("/rows", send), Route("/take", take, methods=["POST"])])
