"""The format of a backup file, as `static/field/backup.js` writes it (decision 22).

    bytes  0- 6   TUNGNHA
    byte   7      version of the format: 1
    bytes  8-23   id of the server's key, a UUID
    bytes 24-88   the file's own public key, an uncompressed point of P-256
    then          AES-256-GCM of gzip or plain JSON, with the bytes before as associated data, tag last

The AES key and the 12 bytes of nonce come from ECDH of the file's own key and the server's by HKDF-SHA-256,
with the 65 bytes of the point as salt.
"""

import io
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict

from app.core.errors import Unavailable
from app.core.shapes import MAX_DEPTH, Token
from app.core.strings import _
from app.sync.protocol import MAX_BODY_BYTES, MAX_OPERATION_BYTES, MAX_OPERATIONS, OperationId, parsed

MAGIC = b"TUNGNHA"
VERSION = 1
HEAD = 89
TAG = 16
LARGEST = 8 * 1024 * 1024
READER = Path(__file__).parent / "unpacking.py"
# What the content may cost. The queue of a year, 11,000 visits, is 6.5 MB and is read in 64 MB and 0.3 s.
LIMITS = {
    "bytes": 8 * 1024 * 1024,
    "operations": 100_000,
    "line": MAX_OPERATION_BYTES + 1024,
    "depth": MAX_DEPTH,
    "memory": 96 * 1024 * 1024,
    "cpu_seconds": 10,
}
SECONDS = 30
INFO = b"tungnha backup 1"
WHOSE = ("commune_id", "account_id", "device_id")

NO_FILE = _("Chọn một tệp dự phòng, không quá 8 MB.")
OTHER_FILE = _("Đây không phải tệp dự phòng chép từ Từng Nhà.")
NEWER = _("Tệp này do bản mới hơn chép ra. Hãy cập nhật máy chủ rồi thử lại.")
DAMAGED = _("Tệp bị thiếu hoặc bị hỏng. Hãy chép lại tệp trên điện thoại rồi gửi lại.")
FOREIGN = _("Tệp này không phải của xã này nên không đọc được.")


class FileRefused(Exception):  # noqa: N818 - a fact, named as such
    """The file cannot be taken in; `sentence` says why, to a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Content(BaseModel):
    """What is in a file: whose phone it is, and `lines` of its operations as they would have been sent."""

    model_config = ConfigDict(frozen=True)

    commune_id: Token
    account_id: Token
    device_id: Token
    lines: bytes

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """The operations in the order of saving, as many at a time as an exchange may hold: all at once they
        might take twenty times the memory."""
        batch: list[dict[str, Any]] = []
        room = MAX_BODY_BYTES
        for line in io.BytesIO(self.lines):
            if batch and (len(batch) == MAX_OPERATIONS or len(line) > room):
                yield batch
                batch, room = [], MAX_BODY_BYTES
            batch.append(parsed(line))
            room -= len(line)
        if batch:
            yield batch


@dataclass(frozen=True)
class Sealed:
    """A file that may be one: the key it names, and what it takes to open it."""

    key_id: str
    point: bytes
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)


def read(file: bytes) -> Sealed:
    """The parts of a file. Raises `FileRefused`."""
    if not file or len(file) > LARGEST:
        raise FileRefused(NO_FILE)
    if not file.startswith(MAGIC):
        raise FileRefused(OTHER_FILE)
    if file[7:8] > bytes([VERSION]):
        raise FileRefused(NEWER)
    if len(file) < HEAD + TAG:
        raise FileRefused(DAMAGED)
    return Sealed(str(uuid.UUID(bytes=file[8:24])), file[24:HEAD], file[:HEAD], file[HEAD:])


def opened(sealed: Sealed, secret: ec.EllipticCurvePrivateKey) -> Content:
    """What is in it. Raises `FileRefused` if a single bit of it has changed, `Unavailable` if the machine has
    no room for the process that unpacks it."""
    try:
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed.point)
        shared = secret.exchange(ec.ECDH(), other)
        derived = HKDF(SHA256(), 44, salt=sealed.point, info=INFO).derive(shared)
        plain = AESGCM(derived[:32]).decrypt(derived[32:], sealed.body, sealed.head)
        content = _content(_unpacked(plain))
        for operation in chain.from_iterable(content.batches()):
            OperationId.model_validate(operation, extra="ignore")
    except (InvalidTag, ValueError, RecursionError, subprocess.SubprocessError):
        raise FileRefused(DAMAGED) from None
    except OSError as error:  # no process can be started
        raise Unavailable from error
    return content


def _content(lines: bytes) -> Content:
    whose, _, operations = lines.partition(b"\n")
    return Content(**{name: parsed(whose).get(name) for name in WHOSE}, lines=operations)


def _unpacked(plain: bytes) -> bytes:
    """Lines of JSON, from the process that unpacks; what it complains of goes nowhere."""
    command = [sys.executable, "-I", "-S", str(READER), json.dumps(LIMITS)]
    done = subprocess.run(
        command,
        input=plain,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout
