// The second bundle's copies of modules: each imports further copies, also of packages, as a bundle has them.

import { registerHooks } from "node:module";

const COPY = "?second-bundle";
const root = new URL("../../../static/field/", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isFile = found.url.startsWith("file:") && !found.url.endsWith(COPY);
    return context.parentURL?.endsWith(COPY) && isFile ? { ...found, url: found.url + COPY } : found;
  },
});

/** @param {string} path of a module of static/field */
export const secondCopy = (path) => import(`${root}${path}${COPY}`);
