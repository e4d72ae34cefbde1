// Lan's signed-in phone with a private folder for the journal, and the server of her commune. Each test file calls
// `beforeEach(startPhone)` and `after(removeFolder)`.

import { inAccount } from "../../../static/field/store/db.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { ModelServer } from "./modelServer.js";
import { installPrivateFolder } from "./opfs.js";
import { LAN, newPhone, signIn } from "./phone.js";

export const NOW = new Date("2026-11-24T10:15:00.000Z");
export const folder = installPrivateFolder();

/** @type {ModelServer} The server of the current test. */
export let server;

/** A new phone with an empty folder on which Lan is signed in, and a new server. */
export async function startPhone() {
  await newPhone();
  await folder.empty();
  Object.assign(folder.hooks, { beforeWrite: () => {}, afterWrite: () => {}, beforeRemove: () => {} });
  await signIn(LAN);
  server = new ModelServer();
  for (const id of ["h1", "h2", "h3"]) server.household(id);
}

export const removeFolder = () => folder.remove();

/** One run of sync. */
export function send(fetch = server.fetch, options = {}) {
  return runSync("lan", { fetch, now: () => NOW, ...options });
}

/** A value of the store `meta`. */
export function meta(key) {
  return inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));
}

/** Waits long enough for changes of files that nothing waits for. */
export function filesWritten() {
  return new Promise((resolve) => setTimeout(resolve, 250));
}

/** What damaged memory does to Chromium's databases: all of them are empty from then on. */
export const loseDatabases = newPhone;
