"""Bugs to be planted in a copy of the project: each must be seen to lose what the real one keeps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import ROOT

JOURNAL = "static/field/store/journal.js"
RECOVERY = "static/field/store/recovery.js"
EXCHANGE = "static/field/sync/exchange.js"
SENT = "  const { reply, date } = await send(request, tools);"
OP_IDS = "request.body.ops.map(({ op_id }) => op_id)"

TAKEN = f"""const taken = {OP_IDS};
  const {{ inAccount, deleteAll }} = await import("../store/db.js");
  await inAccount(accountId, ["outbox"], "readwrite", async (tx) => deleteAll(tx, "outbox", taken));
  await forget(accountId, taken);"""

# A file, what stands there once, and what is put in its place.
SEEDS = {
    "no journal": [(JOURNAL, "  return writes && Boolean(", "  return !writes && Boolean(")],
    "nothing comes back": [(RECOVERY, "  if (!journal.isAble()) return 0;", "  return 0;")],
    "file removed before the acknowledgement": [
        (EXCHANGE, SENT, f"  await forget(accountId, {OP_IDS});\n{SENT}")
    ],
    "taken from the queue before the acknowledgement": [
        (
            EXCHANGE,
            SENT,
            f"  {TAKEN}\n{SENT}",
        )
    ],
    "whatever is well is an acknowledgement": [
        (
            EXCHANGE,
            SENT,
            f"""  let isWell = false;
  const listening = async (...asked) => {{
    const response = await tools.fetch(...asked);
    isWell = response.ok;
    return response;
  }};
{SENT.replace("tools", "{ ...tools, fetch: listening }")}
  if (isWell) {{
  {TAKEN}
  }}""",
        )
    ],
    "the journal alone is believed": [
        (
            RECOVERY,
            "  for (const opId of unwritten) await match(accountId, opId);",
            """  await inAccount(accountId, ["outbox"], "readwrite", async (tx) => {
    for (const opId of unwritten) await tx.objectStore("outbox").delete(opId);
  });""",
        )
    ],
    "comes back as something new": [
        (
            RECOVERY,
            "put(asMade(op));",
            "put({ ...op, op_id: crypto.randomUUID(), data: { ...op.data, id: crypto.randomUUID() } });",
        )
    ],
}


def plant(seed: str, folder: Path) -> Path:
    """A copy of the project with the bug in it, built."""
    for name in ("app", "static", "templates", "service_worker"):
        ignored = shutil.ignore_patterns("dist", "node_modules", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    os.symlink(ROOT / "service_worker" / "node_modules", folder / "service_worker" / "node_modules")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, old, new in SEEDS[seed]:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{seed}: {name} has changed"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    subprocess.run([sys.executable, folder / "service_worker" / "build.py"], check=True)
    return folder
