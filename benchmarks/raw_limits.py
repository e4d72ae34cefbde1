"""A server that only sends a prepared body, or reads one: the limit of what ours can reach."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route


def create_app() -> Starlette:
    """`GET /`: an empty page; `GET /rows`: the gzipped JSON in file ROWS; `POST /take`: reads any body."""
    rows = Path(os.environ["ROWS"]).read_bytes() if os.environ.get("ROWS") else b""

    def page(_request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>raw limits</title>")

    def send(_request: Request) -> Response:
        headers = {"Content-Encoding": "gzip", "Cache-Control": "no-store"}
        return Response(rows, media_type="application/json", headers=headers)

    async def take(request: Request) -> Response:
        return JSONResponse({"size": len(await request.body())})

    return Starlette(routes=[Route("/", page), Route("/rows", send), Route("/take", take, methods=["POST"])])
