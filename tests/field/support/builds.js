// Two builds of the app on one phone, as after an update: each has its own copy of every module and what that remembers;
// they share what is stored.

import { registerHooks } from "node:module";
import * as later from "../../../static/field/boot/secondBundle.ts";
import { createServer } from "../../../static/field/server/server.ts";
import { recover } from "../../../static/field/store/journal/recovery.ts";
import { clearSignedOut } from "../../../static/field/store/signedOut.ts";
import * as replica from "../../../static/field/store/view/replica.ts";
import { runSync } from "../../../static/field/sync/engine.ts";

const NEWER = "?build=newer";

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isOurs = found.url.startsWith("file:") && !found.url.includes("/node_modules/");
    return context.parentURL?.endsWith(NEWER) && isOurs ? { ...found, url: found.url + NEWER } : found;
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (url.endsWith(`/core/protocol.ts${NEWER}`))
      return { ...loaded, source: String(loaded.source).replace(/BUILD = "[^"]*"/, 'BUILD = "9.9.9"') };
    // Two pages, of which each remembers its own.
    if (url.endsWith(`/core/pageState.ts${NEWER}`))
      return { ...loaded, source: String(loaded.source).replaceAll("tungNha", "newerTungNha") };
    return loaded;
  },
});

const root = new URL("../../../static/field/", import.meta.url).href;
const newer = (/** @type {string} */ path) => import(`${root}${path}${NEWER}`);

/** What a page of the older build runs. */
export const OLDER = { later, createServer, recover, clearSignedOut, ...replica, runSync };

/** What a page of the newer build runs. */
export async function newerBuild() {
  const paths = ["store/journal/recovery", "store/signedOut", "store/view/replica", "sync/engine", "server/server"];
  const modules = await Promise.all(paths.map((path) => newer(`${path}.ts`)));
  return Object.assign({ later: await newer("boot/secondBundle.ts") }, ...modules.map((module) => ({ ...module })));
}
