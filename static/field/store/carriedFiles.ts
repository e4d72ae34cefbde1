// Export files of other people's phones, stored until this phone has delivered them. They belong to no account, and
// nobody here can read them.

import { announce } from "./changes.ts";
import { type CarriedStore, inCarriedFiles } from "./db.ts";

export type CarriedFile = {
  /** hash of the content: the same file is stored once */
  id: string;
  content: ArrayBuffer;
  added_at: string;
  delivered_at?: string;
  /** why the server refused it */
  code?: string;
};

/** Files that a phone may hold undelivered. */
export const MAX_FILES = 20;
/** The server takes no larger ones (`app/web/middleware/security.py`). */
export const MAX_BYTES = 3 * 1024 * 1024;
/** Finished files whose row is still shown; their content is not stored. */
const MAX_FINISHED = 20;

/** The phone holds as many undelivered files as it may. */
export class TooManyFiles extends Error {}

export function isUndelivered({ delivered_at, code }: CarriedFile) {
  return !delivered_at && !code;
}

/** The files, newest first. */
export async function listCarriedFiles(): Promise<CarriedFile[]> {
  const files = await inCarriedFiles("readonly", allFiles);
  return files.sort((one, other) => other.added_at.localeCompare(one.added_at));
}

/** Stores a file; one that was delivered before is delivered again. Throws `TooManyFiles` and `StorageFull`. */
export async function addCarriedFile(content: ArrayBuffer, now: Date) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const id = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await inCarriedFiles("readwrite", async (store) => {
    const others = (await allFiles(store)).filter((file) => file.id !== id);
    if (others.filter(isUndelivered).length >= MAX_FILES) throw new TooManyFiles();
    const finished = others.filter((file) => !isUndelivered(file));
    finished.sort((one, other) => other.added_at.localeCompare(one.added_at));
    for (const file of finished.slice(MAX_FINISHED - 1)) store.delete(file.id);
    await store.put({ id, content, added_at: now.toISOString() });
  });
  announce({ kind: "carried" });
}

/** Stores what became of a file, without its content. */
export async function finishCarriedFile(
  { id, added_at }: CarriedFile,
  outcome: { delivered_at: string } | { code: string },
) {
  await inCarriedFiles("readwrite", (store) => store.put({ id, added_at, content: new ArrayBuffer(0), ...outcome }));
  announce({ kind: "carried" });
}

function allFiles(store: CarriedStore): Promise<CarriedFile[]> {
  return store.getAll();
}

export async function removeCarriedFile(id: string) {
  await inCarriedFiles("readwrite", (store) => store.delete(id));
  announce({ kind: "carried" });
}
