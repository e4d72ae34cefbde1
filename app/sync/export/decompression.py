"""Decompress the content of an export file into lines of JSON, in a process of its own.

`envelope.py` runs it as a script, without the app. Standard input is the decrypted content; standard output
gets one line with the owner of the phone, then one for each operation, in the order of saving. Small files
can decompress to any size: what exceeds the limits ends the process with an error.
"""

import hashlib
import json
import os
import re
import sys
import zlib

GZIP = b"\x1f\x8b"
# At the end of what a phone signed comes its signature: 64 bytes in base64.
SIGNATURE = re.compile(rb',"signature":"([A-Za-z0-9+/]{86}==)"}')
SIGNATURE_BYTES = 104
TOO_MANY_STATUS = 3
Json = dict[str, object]


def main(limits: dict[str, int]) -> None:
    """Decompress standard input within `limits` (`envelope.LIMITS`). Raises if it exceeds one."""
    os.nice(10)
    plain = _decompress(sys.stdin.buffer.read(), limits["bytes"])
    content = json.loads(plain, parse_constant=_refuse_constant)
    operations = content.pop("ops")
    if len(operations) > limits["operations"]:
        sys.exit(TOO_MANY_STATUS)
    if not all(isinstance(one, dict) for one in operations):
        raise ValueError("not the operations of a phone")
    operations.sort(key=_seq)
    for one in [content | _signature(plain), *operations]:
        sys.stdout.buffer.write(_line(one, limits))


def _decompress(content: bytes, limit: int) -> bytes:
    """The content without gzip. It may come without, because not every browser can compress."""
    if not content.startswith(GZIP):
        plain = content
    else:
        decompressor = zlib.decompressobj(wbits=31)
        plain = decompressor.decompress(content, limit + 1)
        if not decompressor.eof:
            raise ValueError("too large, or cut off")
    if len(plain) > limit:
        raise ValueError("too large")
    return plain


def _signature(plain: bytes) -> Json:
    """The signature at the end of the content, and the SHA-256 of the content without it; both empty if there
    is none."""
    signed = SIGNATURE.fullmatch(plain[-SIGNATURE_BYTES:])
    if signed is None:
        return {"signature": "", "digest": ""}
    digest = hashlib.sha256(memoryview(plain)[:-SIGNATURE_BYTES])
    digest.update(b"}")
    return {"signature": signed[1].decode(), "digest": digest.hexdigest()}


def _seq(operation: Json) -> int:
    seq = operation.get("seq")
    return seq if type(seq) is int else 0


def _line(value: Json, limits: dict[str, int]) -> bytes:
    """The value as a line of JSON.

    Of an operation that is too long or too deeply nested, only `op_id` and `seq` are written, with data that
    is nested too deeply as well and is therefore rejected: any other data might be applied in its place.
    """
    try:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    except RecursionError:
        line = b""
    if 0 < len(line) <= limits["line"]:
        return line + b"\n"
    names = {name: value[name] for name in ("op_id", "seq") if isinstance(value.get(name), str | int)}
    deep: list[object] = []
    for _ in range(limits["depth"]):
        deep = [deep]
    return json.dumps(names | {"data": deep}).encode() + b"\n"


def _refuse_constant(_name: str) -> None:
    raise ValueError("not a JSON number")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
