"""The format of an export file, as `static/field/core/exportEnvelope.ts` writes it (decision 22).

    bytes  0- 6   TUNGNHA
    byte   7      version of the format: 2
    bytes  8-23   id of the server's key, a UUID
    bytes 24-88   the file's own public key, an uncompressed point of P-256
    byte  89      length of the id of the commune, which follows: whose key it is
    then          AES-256-GCM of gzip or plain JSON, with the bytes before as associated data, tag last

Version 1, of builds before, names no commune: byte 89 is the first encrypted one.

The JSON is an object, which its phone has signed but for the last member, `"signature"`: 64 bytes in base64.
Phones without a key, and builds before signatures, write none.

Or the same in base64 between two lines of a text (`TEXT_BEGIN`, `TEXT_END`): browsers share text files, but
none of an unknown type. What is around them is for people.

The AES key and the 12 bytes of nonce come from ECDH of the file's own key and the server's by HKDF-SHA-256,
with the 65 bytes of the point as salt.
"""

import io
import json
import subprocess
import uuid
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict

from app.core.errors import Unavailable
from app.core.subprocesses import limited
from app.core.subprocesses.limited import Limits
from app.core.types import MAX_DEPTH, Id, is_id
from app.sync.export.refusals import DamagedFile, FileMissing, NewerFile, OtherFile, TooManyRecords
from app.sync.wire.protocol import (
    MAX_BODY_BYTES,
    MAX_OPERATION_BYTES,
    MAX_OPERATIONS,
    Data,
    OperationId,
    parse_object,
)

MAGIC = b"TUNGNHA"
VERSION = 2
TEXT_BEGIN, TEXT_END = b"-----BEGIN TUNG NHA-----", b"-----END TUNG NHA-----"
POINT_END = 89
TAG = 16
MAX_FILE_BYTES = 8 * 1024 * 1024
DECOMPRESSION = Path(__file__).parent / "decompression.py"
# What decompression may use. Measured with the queue of a year, 11,000 visits in 6.5 MB: 64 MB, 0.3 s.
LIMITS = {
    "bytes": 8 * 1024 * 1024,
    "operations": 20_000,  # as many as a phone names in its queue
    "line": MAX_OPERATION_BYTES + 1024,
    "depth": MAX_DEPTH,
}
# Lines are a little longer than what they are made from: blanks that a phone did not write, the first line.
PROCESS = Limits(
    memory_bytes=96 * 1024 * 1024, cpu_seconds=10, wall_seconds=30, output_bytes=32 * 1024 * 1024
)
TOO_MANY_STATUS = 3  # of the process, as in decompression.py
INFO = b"tungnha export 1"
FIELDS = ("commune_id", "account_id", "device_id", "signature", "digest")


class Content(BaseModel):
    """The content of a file: the phone's owner, and `lines` of operations as the phone would send them.

    `digest`: SHA-256 of what `signature` is of, in hexadecimal; both are empty if there is none.
    """

    model_config = ConfigDict(frozen=True)

    commune_id: Id
    account_id: Id
    device_id: Id
    signature: str
    digest: str
    lines: bytes

    @property
    def count(self) -> int:
        """How many operations there are."""
        return self.lines.count(b"\n")

    def batches(self) -> Iterator[list[Data]]:
        """The operations in the order of saving, as many at a time as one request may have.

        Parsed all at once, they could take twenty times the memory.
        """
        batch: list[Data] = []
        bytes_left = MAX_BODY_BYTES
        for line in io.BytesIO(self.lines):
            if batch and (len(batch) == MAX_OPERATIONS or len(line) > bytes_left):
                yield batch
                batch, bytes_left = [], MAX_BODY_BYTES
            batch.append(parse_object(line))
            bytes_left -= len(line)
        if batch:
            yield batch


@dataclass(frozen=True)
class EncryptedFile:
    """The parts of a file: the id of its key, the commune that has this key (empty in version 1), and what is
    needed to decrypt it."""

    key_id: str
    commune_id: str
    point: bytes
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)


def parse_file(file: bytes) -> EncryptedFile:
    """The parts of a file, or of the text that contains one. Raises `FileRefused`."""
    if not file or len(file) > MAX_FILE_BYTES:
        raise FileMissing
    file = _without_text(file)
    if not file.startswith(MAGIC):
        raise OtherFile
    if file[7:8] > bytes([VERSION]):
        raise NewerFile
    commune_id = _commune_id(file)
    head = POINT_END + (1 + len(commune_id) if commune_id else 0)
    if len(file) < head + TAG:
        raise DamagedFile
    key_id = str(uuid.UUID(bytes=file[8:24]))
    return EncryptedFile(key_id, commune_id, file[24:POINT_END], file[:head], file[head:])


def _commune_id(file: bytes) -> str:
    """The commune that a file names; empty in version 1. Raises `DamagedFile`."""
    if file[7:8] < bytes([VERSION]):
        return ""
    length = file[POINT_END:][:1]
    text = file[POINT_END + 1 :][: length[0] if length else 0].decode("ascii", "replace")
    if not is_id(text):
        raise DamagedFile
    return text


def _without_text(file: bytes) -> bytes:
    """The file in a text: base64 between two lines, as a phone shares it. A binary file as it is."""
    _before, begin, rest = file.partition(TEXT_BEGIN)
    if file.startswith(MAGIC) or not begin:
        return file
    encoded, end, _after = rest.partition(TEXT_END)
    if not end:
        raise DamagedFile
    try:
        return b64decode(b"".join(encoded.split()), validate=True)
    except ValueError:
        raise DamagedFile from None


def decrypt(file: EncryptedFile, private_key: ec.EllipticCurvePrivateKey) -> Content:
    """The content of a file.

    Raises `FileRefused` if a single bit of it has changed, `Unavailable` if no process can be started to
    decompress it.
    """
    try:
        file_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), file.point)
        shared = private_key.exchange(ec.ECDH(), file_key)
        derived = HKDF(SHA256(), 44, salt=file.point, info=INFO).derive(shared)
        plain = AESGCM(derived[:32]).decrypt(derived[32:], file.body, file.head)
        content = _content(_decompress(plain))
        for operation in chain.from_iterable(content.batches()):
            OperationId.model_validate(operation, extra="ignore")
    except (InvalidTag, ValueError, RecursionError, subprocess.SubprocessError):
        raise DamagedFile from None
    except OSError as error:  # no process can be started
        raise Unavailable from error
    return content


def _content(lines: bytes) -> Content:
    owner, _, operations = lines.partition(b"\n")
    fields = parse_object(owner)
    return Content(**{name: fields.get(name) for name in FIELDS}, lines=operations)


def _decompress(plain: bytes) -> bytes:
    """The lines of JSON. Raises `TooManyRecords`, `DamagedFile`, and as `limited.run` does."""
    ended = limited.run(DECOMPRESSION, PROCESS, json.dumps(LIMITS), content=plain, has_packages=False)
    if ended.returncode:
        raise TooManyRecords if ended.returncode == TOO_MANY_STATUS else DamagedFile
    return ended.output
