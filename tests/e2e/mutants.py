"""Mutants of the phone: copies of the project, each with a seeded bug that a test must detect."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import ROOT

JOURNAL = "static/field/store/journal/journal.ts"
RECOVERY = "static/field/store/journal/recovery.ts"
EXCHANGE = "static/field/sync/exchange.ts"
ANSWER = "  const { reply, date } = await inFlight.received;"
RESPONSE = "  const { response, text } = received;"
OP_IDS = "request.body.ops.map(({ op_id }) => op_id)"
REMOVED = f"""const {{ removeEntries }} = await import("../store/journal/journal.ts");
  await removeEntries(account.account_id, {OP_IDS});"""

DROPPED = f"""const dropped = request.body.ops.map(({{ seq, op_id }}) => [seq, op_id]);
  const {{ inAccount, deleteAll }} = await import("../store/db.ts");
  const work = async (tx) => deleteAll(tx, "outbox", dropped);
  await inAccount(account.account_id, ["outbox"], "readwrite", work);
  {REMOVED}"""

# Name: a file, a text that occurs in it once, and its replacement.
MUTANTS = {
    "no journal": [(JOURNAL, "  return writes && Boolean(", "  return !writes && Boolean(")],
    "no recovery": [(RECOVERY, "  if (!journal.isSupported()) return 0;", "  return 0;")],
    "file removed before the acknowledgement": [(EXCHANGE, ANSWER, f"  {REMOVED}\n{ANSWER}")],
    "taken from the queue before the acknowledgement": [(EXCHANGE, ANSWER, f"  {DROPPED}\n{ANSWER}")],
    "any 200 is an acknowledgement": [
        (
            EXCHANGE,
            RESPONSE,
            f"""{RESPONSE}
  if (response.ok) {{
  const [account, request] = [await currentAccount(), {{ body }}];
  {DROPPED}
  }}""",
        )
    ],
    "only the journal is trusted": [
        (
            RECOVERY,
            "  for (const opId of unwritten) await updateEntry(accountId, opId);",
            """  await inAccount(accountId, ["outbox"], "readwrite", async (tx) => {
    for (const opId of unwritten) {
      const key = await tx.objectStore("outbox").index("by_op").getKey(opId);
      if (key) await tx.objectStore("outbox").delete(key);
    }
  });""",
        )
    ],
    "recovered with new ids": [
        (
            RECOVERY,
            "put(withoutRefusal(op));",
            "put({ ...op, op_id: crypto.randomUUID(), data: { ...op.data, id: crypto.randomUUID() } });",
        )
    ],
}


def build_mutant(mutant: str, folder: Path) -> Path:
    """Copy the project to `folder`, put the bug in, and build it; returns the folder."""
    for name in ("app", "static", "templates", "service_worker"):
        ignored = shutil.ignore_patterns("dist", "node_modules", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    os.symlink(ROOT / "service_worker" / "node_modules", folder / "service_worker" / "node_modules")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, old, new in MUTANTS[mutant]:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{mutant}: {name} has changed"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    subprocess.run([sys.executable, folder / "service_worker" / "build", "--fast"], check=True)
    return folder
