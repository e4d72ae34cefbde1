"""Built files: the smallest encoding the browser takes, and how long each may be kept."""

import mimetypes
import re
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.web.rendering import ROOT

STATIC = ROOT / "static"
# The build puts `name.br` and `name.gz` beside each file that is worth it.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NAME = re.compile(r"(icons/)?[\w-][\w.-]{0,99}", re.ASCII)
_FINGERPRINT = re.compile(r"-[0-9a-f]{10}\.\w+$")


router = APIRouter()


@router.get("/static/{folder}/{name:path}")
def serve(folder: Literal["dist", "icons"], name: str, request: Request) -> FileResponse:
    """A built file or an icon; fingerprinted ones are kept for ever, icons for a day, others not at all."""
    root = STATIC / folder
    file = root / name if _NAME.fullmatch(name) else root
    if not file.is_file():
        raise HTTPException(404)
    return built(file, request.headers)


def built(file: Path, asked: Headers, media_type: str = "") -> FileResponse:
    """`file`, or its compressed sister where the browser takes it."""
    kept = _keeping(file)
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    parts = asked.get("accept-encoding", "").replace(" ", "").split(",")
    accepted = {part.split(";")[0] for part in parts if not part.endswith(";q=0")}
    media_type = media_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    for encoding, suffix in _ENCODINGS:
        sister = file.with_name(file.name + suffix)
        if encoding in accepted and sister.is_file():
            headers["Content-Encoding"] = encoding
            return FileResponse(sister, media_type=media_type, headers=headers)
    return FileResponse(file, media_type=media_type, headers=headers)


def _keeping(file: Path) -> str:
    """For how long a browser may keep a file. The icons that the manifest names have no fingerprint: a day,
    so that page and manifest need only one of them."""
    if _FINGERPRINT.search(file.name):
        return "public, max-age=31536000, immutable"
    return "public, max-age=86400" if file.parent == STATIC / "icons" else "no-cache"
