"""The content of a backup file turned into lines of JSON, in a process of its own that `sealed.py` bounds.

It is run as a script, apart from the app: what was unsealed comes on standard input; on standard output
leave one line that says whose phone it is, then one for each operation, in the order of saving. Small files
can unpack to anything: whatever is more than the limits allow ends the process with an error.
"""

import json
import os
import resource
import sys
import zlib
from typing import Any

GZIP = b"\x1f\x8b"


def main(limits: dict[str, int]) -> None:
    _confine(limits)
    content = json.loads(_unpacked(sys.stdin.buffer.read(), limits["bytes"]), parse_constant=_refuse)
    operations = content.pop("ops")
    if len(operations) > limits["operations"] or not all(isinstance(one, dict) for one in operations):
        raise ValueError("not the operations of a phone")
    operations.sort(key=_number)
    for one in [content, *operations]:
        sys.stdout.buffer.write(_line(one, limits))


def _confine(limits: dict[str, int]) -> None:
    """What this process may use, after everybody else. No core dump: it would hold people's names."""
    os.nice(10)
    bounds = (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        resource.setrlimit(kind, (most, most))


def _unpacked(packed: bytes, most: int) -> bytes:
    """Without its gzip, if it has one: not every browser can."""
    if not packed.startswith(GZIP):
        plain = packed
    else:
        unpacker = zlib.decompressobj(wbits=31)
        plain = unpacker.decompress(packed, most + 1)
        if not unpacker.eof:
            raise ValueError("larger than it may be, or cut off")
    if len(plain) > most:
        raise ValueError("larger than it may be")
    return plain


def _number(operation: dict[str, Any]) -> int:
    number = operation.get("seq")
    return number if type(number) is int else 0


def _line(value: dict[str, Any], limits: dict[str, int]) -> bytes:
    """The value as a line. Of an operation that is too long or too deep only its names, with data as deep as
    is refused in any operation: it would else be taken for another one under its id."""
    try:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    except RecursionError:
        line = b""
    if 0 < len(line) <= limits["line"]:
        return line + b"\n"
    names = {name: value[name] for name in ("op_id", "seq") if isinstance(value.get(name), str | int)}
    deep: list[Any] = []
    for _ in range(limits["depth"]):
        deep = [deep]
    return json.dumps(names | {"data": deep}).encode() + b"\n"


def _refuse(_name: str) -> None:
    raise ValueError("not a JSON number")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
