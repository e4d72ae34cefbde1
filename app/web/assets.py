"""Built files, compressed if the browser accepts that, with the time for which caches may store them."""

import mimetypes
import re
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from app.web.rendering import ROOT

STATIC = ROOT / "static"
# The build writes `name.br` and `name.gz` where compression makes the file smaller.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NAME = re.compile(r"((icons|handbook)/)?[\w-][\w.-]{0,99}", re.ASCII)
_FINGERPRINT = re.compile(r"-[0-9a-f]{10}\.\w+$")


router = APIRouter()


class BuiltFile(FileResponse):
    """A file without what no browser needs: in all answers of a first visit that is 0.7 KB.

    `ETag` is enough to compare it, and one that never changes is not compared.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_shorter(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                del headers["last-modified"]
                del headers["accept-ranges"]
                if headers["cache-control"].endswith("immutable"):
                    del headers["etag"]
            await send(message)

        await super().__call__(scope, receive, send_shorter)


@router.get("/static/{folder}/{name:path}")
def serve(folder: Literal["dist", "icons"], name: str, request: Request) -> BuiltFile:
    """A built file or an icon. 404 for any other name."""
    root = STATIC / folder
    file = root / name if _NAME.fullmatch(name) else root
    if not file.is_file():
        raise HTTPException(404)
    return built_file(file, request.headers)


def built_file(file: Path, request_headers: Headers, media_type: str = "") -> BuiltFile:
    """`file`, or its compressed variant if there is one and the browser accepts it.

    `media_type`: guessed from the file's name if it is empty.
    """
    headers = {"Cache-Control": _cache_control(file), "Vary": "Accept-Encoding"}
    parts = request_headers.get("accept-encoding", "").replace(" ", "").split(",")
    accepted = {part.split(";")[0] for part in parts if not part.endswith(";q=0")}
    media_type = media_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    for encoding, suffix in _ENCODINGS:
        variant = file.with_name(file.name + suffix)
        if encoding in accepted and variant.is_file():
            headers["Content-Encoding"] = encoding
            return BuiltFile(variant, media_type=media_type, headers=headers)
    return BuiltFile(file, media_type=media_type, headers=headers)


def _cache_control(file: Path) -> str:
    """Fingerprinted files are cached for a year, icons for a day, others are always revalidated.

    Icons have no fingerprint, because the manifest names them; with a day, page and manifest share one fetch.
    """
    if _FINGERPRINT.search(file.name):
        return "public, max-age=31536000, immutable"
    return "public, max-age=86400" if file.parent == STATIC / "icons" else "no-cache"
