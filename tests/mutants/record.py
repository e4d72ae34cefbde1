"""Records which tests touch which lines: `python -m tests.mutants.record`. Takes as long as the tests do.

Without browsers, faults and deploying, which touch almost every line and take long; and on SQLite only: what
PostgreSQL alone shows names its test.
"""

import subprocess
import sys

from tests.mutants.lines import RECORD, ROOT

LEFT_OUT = ("e2e", "faults", "deploy", "benchmarks", "docs", "mutants")


def main() -> int:
    """Record, whether tests fail or not: some measure time, which recording takes."""
    ignored = [f"--ignore=tests/{name}" for name in LEFT_OUT]
    selected = sys.argv[1:] or ["tests"]
    plugin = ["-p", "tests.mutants.recorder", "-k", "not postgresql", "-m", "not deploy and not mutant"]
    command = [sys.executable, "-m", "pytest", "-q", *plugin, *ignored, *selected]
    subprocess.run(command, cwd=ROOT, check=False)
    print(f"Recorded in {RECORD.relative_to(ROOT)}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
