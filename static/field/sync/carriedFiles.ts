// Delivers the export files of other phones under this phone's session. The server applies them as their owners'.

import { CARRIES } from "../core/device.ts";
import { withTimeout } from "../core/withTimeout.ts";
import { finishCarriedFile, isUndelivered, listCarriedFiles } from "../store/carriedFiles.ts";

const ADDRESS = "/api/v1/export-files";
/** 3 MB at 0.4 Mbit/s. */
const TIMEOUT_MS = 60_000;
const HEADERS = { "Content-Type": "application/octet-stream" };
/** Statuses after which the same file would be refused again. */
const FINAL = [413, 422];

/** Delivers the files that this phone carries for others; what is left waits for the next exchange. */
export async function deliver() {
  localStorage.setItem(CARRIES, "yes");
  if (await deliverCarriedFiles(fetch.bind(globalThis))) localStorage.removeItem(CARRIES);
  else localStorage.setItem(CARRIES, "yes");
}

/**
 * Delivers what this phone holds, one file after the other, until one fails for a reason that may pass: no network, no
 * session, a busy server. Another tab may deliver the same file: the server applies each operation once.
 * @returns whether none is left
 */
export async function deliverCarriedFiles(
  fetch: typeof globalThis.fetch,
  now: () => Date = () => new Date(),
): Promise<boolean> {
  for (const file of (await listCarriedFiles()).filter(isUndelivered)) {
    const answer = await post(fetch, file.content);
    const code = FINAL.includes(answer?.status ?? 0) && answer?.content?.error;
    if (answer?.status === 200 && answer.content?.delivered === true)
      await finishCarriedFile(file, { delivered_at: now().toISOString() });
    else if (code) await finishCarriedFile(file, { code });
    else return false;
  }
  return true;
}

/** The answer, or null: no network, or an answer that is not the server's. */
async function post(
  fetch: typeof globalThis.fetch,
  body: ArrayBuffer,
): Promise<{ status: number; content: { proto: number; delivered?: boolean; error?: string } } | null> {
  try {
    return await withTimeout(TIMEOUT_MS, async (signal) => {
      const response = await fetch(ADDRESS, { method: "POST", headers: HEADERS, body, signal });
      const content = await response.json();
      return content?.proto === 1 ? { status: response.status, content } : null;
    });
  } catch {
    return null;
  }
}
