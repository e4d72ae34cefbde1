"""The script between the server and a limited process: it limits itself, and becomes the command."""

import json
import math
import os
import resource
import signal
import sys


def main(limits: dict[str, float | None], command: list[str]) -> None:
    """Become `command` within `limits` (`limited.Limits`). No core dump: it would hold people's names."""
    bounds = (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, limit in bounds:
        if limit is not None:
            resource.setrlimit(kind, (int(limit), int(limit)))
    signal.alarm(max(1, math.ceil(limits["wall_seconds"] or 0)))  # also if who started it has ended
    os.execv(command[0], command)  # noqa: S606 - what `limited.start` was told


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
