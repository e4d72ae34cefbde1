"""Bugs for a copy of the phone's code, which tests in Node must detect."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = "static/field/sync/results.ts"
APPLY_RESULTS = "static/field/sync/applyResults.ts"
OPENING_PAGES = "static/field/store/view/openingPages.ts"
ERASED = "static/field/retention/erasedHouseholds.ts"
REPLICA = "static/field/store/view/replica.ts"
EXCHANGE = "static/field/sync/exchange.ts"
SCHEDULER = "static/field/sync/scheduler.ts"
DRAFTS = "static/field/store/drafts.ts"
DRAFT_LIST = "static/field/pages/draftList.ts"
SIGNED_OUT = "static/field/store/signedOut.ts"
ENCRYPTED_QUEUE = "static/field/retention/encryptedQueue.ts"
IMPORT_BUILD = 'import { BUILD } from "../core/protocol.ts";\n'
# By name: the files, and in each a text that is there once and its replacement.
MUTANTS = {
    "a list goes on by its number of rows, whatever came or went above": [
        (
            "static/field/pages/households/households.ts",
            "rows.findIndex(({ id }) => id === from)",
            "(page - 1) * PAGE_ROWS",
        )
    ],
    "a tap of Ghi nhanh draws the list as long as it was with its row": [
        ("static/field/pages/quick/quickMark.ts", "tapped ? new URL(env.shown()) : url", "url")
    ],
    "a conflict takes the version of its row for its own": [
        (
            RESULTS,
            "result.version ?? acked_version;",
            "result.version ?? result.row?.version ?? acked_version;",
        )
    ],
    "a new epoch is ignored": [
        (APPLY_RESULTS, "state.epoch !== undefined && state.epoch !== answer.epoch", "false")
    ],
    "the next request leaves although an operation is not acknowledged": [
        (EXCHANGE, 'ACKNOWLEDGED.includes(results.get(op_id)?.status ?? "")', "true || results.has(op_id)")
    ],
    "the next request leaves although the page is one of several": [
        (EXCHANGE, "const whole = !answer.more && ", "const whole = ")
    ],
    "the next request leaves under another account": [
        (
            EXCHANGE,
            "if (open?.account_id !== account.account_id || !open.signed_in) return null;",
            "if (!open) return null;",
        )
    ],
    "the next request starts at the position before the answer": [
        (
            "static/field/sync/request.ts",
            "const moved = { ...state, epoch, scope, cursor,",
            "const moved = { ...state, epoch, scope,",
        )
    ],
    "a request on its way is not aborted when the answer before is not stored": [
        (EXCHANGE, "    next?.cancel();\n    throw error;", "    throw error;")
    ],
    "each save after an exchange makes one of its own": [
        (SCHEDULER, "void start(endedAt + AFTER_SAVE_MS - performance.now());", "void start(0);")
    ],
    "sending begins before the page is painted": [
        (SCHEDULER, "await Promise.race([painted(), pause(AFTER_SAVE_MS)]);", "await 0;")
    ],
    "what the run of another tab did not see is not sent after it": [
        (SCHEDULER, " && quiet < AFTER_SAVE_MS)", " && false)")
    ],
    "what lies between acknowledged operations is removed with them": [
        ("static/field/store/outboxStore.ts", "    isInside = isRemoved;", "    isInside ||= isRemoved;")
    ],
    "what is sent again later counts as lost": [
        ("static/field/sync/request.ts", "resendAt ? 1 : first[0]?.seq", "first[0]?.seq")
    ],
    "a phone that was closed before its time never sends again": [
        (
            "static/field/sync/backoff.ts",
            "resendAt <= now || resendAt - now > RESEND_WITHIN_MS",
            "resendAt === now",
        )
    ],
    "a correction goes before what it corrects": [
        ("static/field/store/outboxStore.ts", " || named.has(id)", "")
    ],
    "a page is stored although its records have changed": [
        (
            OPENING_PAGES,
            "if ((await readStamp(tx, accountId, day)) === stamp) await tx",
            "await tx",
        )
    ],
    "a page is shown although its records have changed": [
        (OPENING_PAGES, "page?.stamp === stamp", "page && stamp")
    ],
    "a decision deletes what was acknowledged with its operation": [
        (
            "static/field/store/sentStore.ts",
            "(ids.has(op.op_id) ? change(op) : op)",
            "(ids.has(op.op_id) ? change(op) : [])",
        )
    ],
    "guides are asked for with the cursor of another epoch": [
        (
            "static/field/store/view/guides.ts",
            "position && position.epoch === epoch ? position.cursor : 0",
            "position ? position.cursor : 0",
        )
    ],
    "what was recorded for another team is not counted": [
        ("static/field/pages/month/ownMonth.ts", "(ownDays?.records ?? []).map", "([] as OwnRecord[]).map")
    ],
    "own days of another team stay": [
        ("static/field/store/schema.ts", "own_days: reset || erase ?", "own_days: erase ?")
    ],
    "all guides are sent again with each exchange": [
        ("static/field/store/view/guides.ts", "await meta.put({ epoch, cursor }, GUIDES_KEY)", "await cursor")
    ],
    "a carried file counts as delivered whatever the server answers": [
        (
            "static/field/sync/carriedFiles.ts",
            "answer?.status === 200 && answer.content?.delivered === true",
            "answer",
        )
    ],
    "a carried file that is refused holds up the next one": [
        ("static/field/sync/carriedFiles.ts", "else if (code) await finishCarriedFile(file, { code });", "")
    ],
    "what was sealed stays in the queue, to be sealed once more": [
        (ENCRYPTED_QUEUE, 'deleteAll(tx, "outbox", keys);', "void keys;")
    ],
    "the numbers of a sealed queue are not held": [
        (ENCRYPTED_QUEUE, "await changeDiscarded(tx, queue.ops, queue.ops, queue.delivered_at ?? NEVER);", "")
    ],
    "a phone is sealed by its first start after a silence": [
        ("static/field/retention/silence.ts", "if (first && first < today) return true;", "return true;")
    ],
    "what was sent is deleted by the seal, and a restored server never gets it again": [
        (
            ENCRYPTED_QUEUE,
            "for (const ops of inFiles(acked.map(withoutAcknowledgement)))",
            "for (const ops of [])",
        ),
        (
            "static/field/retention/silence.ts",
            '["pages", ...REPLICA_STORES].map((store)',
            '["pages", "sent", ...REPLICA_STORES].map((store)',
        ),
        (
            "static/field/retention/silence.ts",
            '["meta", "pages", ...REPLICA_STORES], "readwrite"',
            '["meta", "pages", "sent", ...REPLICA_STORES], "readwrite"',
        ),
    ],
    "what was sent of an erased household stays on the phone": [
        (ERASED, "op.code === ERASED || ids.has(householdOf(op))", "op.code === ERASED")
    ],
    "a form that was open when its household was erased is saved at no household": [
        (REPLICA, "if (to !== id && to !== ERASED)", "if (to !== id)")
    ],
    "the numbers of what was sent of an erased household are forgotten": [
        (ERASED, 'if (numbers.length) await meta.put([...before, ...numbers], "discarded");', "void numbers;")
    ],
    "a draft of an erased household stays on the phone": [
        (ERASED, "for (const key of keys) await store.delete(key);", "")
    ],
    "practice has the databases of the real records": [
        ("static/field/store/db.ts", "${tab.space}-${accountId}", "tung-nha-${accountId}"),
    ],
    "the pages of practice have a network": [
        (
            "static/field/practice/environment.ts",
            '    fetch: () => Promise.reject(new TypeError("nothing is sent in practice")),\n',
            "",
        )
    ],
    "Hoàn tác withdraws the visit, whatever was done last": [
        (
            "static/field/pages/visits/visitUndo.ts",
            "  if (!before) return withdraw(request);",
            "  if (before !== undefined) return withdraw(request);",
        )
    ],
    "Như nhà trước repeats the first visit of the day instead of the last": [
        (
            "static/field/pages/visits/visitBefore.ts",
            "visit.occurred_at <= newest.occurred_at",
            "visit.occurred_at >= newest.occurred_at",
        )
    ],
    "a service whose outcome nobody chose is saved with one": [
        (
            "static/field/pages/visits/visitEntry.ts",
            'outcome: form.get(`outcome-${code}`) ?? "",',
            'outcome: form.get(`outcome-${code}`) || "did_it",',
        )
    ],
    "Hoàn tác stays after something else was done": [
        (
            "static/field/store/undoLog.ts",
            "const entries = isOfMark ?",
            "const entries = isOfMark || own !== entry ?",
        ),
        ("static/field/store/undoLog.ts", "other !== own && isMark(other)", "other !== own"),
    ],
    "Hoàn tác of an older page takes back what was done since": [
        (
            "static/field/pages/visits/saved.ts",
            'entry?.op_id !== form.get("op_id")',
            "!entry",
        )
    ],
    "signing out drops what was begun without a word": [
        (
            "static/field/pages/account/account.ts",
            'drafts.length && form.get("id") !== named',
            'drafts.length && form.get("id") === "-"',
        )
    ],
    "a form is saved in the name of whoever is signed in": [
        ("static/field/server/server.ts", "pageAccount !== account_id;", 'pageAccount === "-";')
    ],
    "what a closed period refuses is on the phone no more": [
        (
            RESULTS,
            'putAll(tx, "fixes", refusals);',
            'putAll(tx, "fixes", refusals.filter(({ code }) => code !== "period_closed"));',
        )
    ],
    "a newer build does not list what was begun in an older one": [
        (DRAFTS, "const draft = { key, values,", "const draft = { build: BUILD, key, values,"),
        (DRAFTS, "import { announce,", IMPORT_BUILD + "import { announce,"),
        (DRAFT_LIST, "return drafts.sort(", "return drafts.filter(({ build }) => build === BUILD).sort("),
        (DRAFT_LIST, "import { inAccount }", IMPORT_BUILD + "import { inAccount }"),
    ],
    "a start deletes what was begun by whoever is not signed in": [
        (
            SIGNED_OUT,
            "for (const { account_id, signed_out }",
            "for (const { account_id, signed_in, signed_out }",
        ),
        (
            SIGNED_OUT,
            "if (signed_out) await clearAccount(account_id, signed_out)",
            "if (signed_out || !signed_in) await clearAccount(account_id, true)",
        ),
    ],
    "a start deletes what was typed since the sign-out": [
        (SIGNED_OUT, "if (!(draft.at >= at)) void", "if (at) void")
    ],
    "the files of operations that were queued again are removed": [
        (
            "static/field/store/journal/journalSync.ts",
            "opIds.filter((opId) => !unsent.has(opId))",
            "opIds.filter(() => unsent)",
        )
    ],
}


def plant(mutant: str, folder: Path) -> Path:
    """Copy the phone's code and its tests with the bug into a folder, and return the folder."""
    for name in ("static/field", "tests/field"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "static/dist").symlink_to(ROOT / "static/dist")
    (folder / "service_worker").mkdir()
    shutil.copy(ROOT / "service_worker/resolve.mjs", folder / "service_worker")
    (folder / "service_worker/node_modules").symlink_to(ROOT / "service_worker/node_modules")
    for name, old, new in MUTANTS[mutant]:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{mutant}: {name} has changed"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder
