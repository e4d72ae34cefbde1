// Lets plain Node run the browser's modules: `node --import ./service_worker/resolve.mjs …`.
// The packages are in service_worker/node_modules, which static/field and tests/field cannot reach, so bare specifiers
// are resolved from here. Every .js and .ts file of the repository is an ES module; Node strips the types.
import { registerHooks } from "node:module";

const here = import.meta.url;
const root = new URL("..", here).href;

registerHooks({
  resolve(specifier, context, next) {
    const bare = /^[@a-z]/i.test(specifier) && !URL.canParse(specifier);
    const ours = context.parentURL?.startsWith(root) && !context.parentURL.includes("/node_modules/");
    // With the query of a copy, so that a test can copy packages too.
    const parentURL = bare && ours ? here + new URL(context.parentURL).search : context.parentURL;
    const found = next(specifier, { ...context, parentURL });
    const [, ending] = /\.(js|ts)(?:\?.*)?$/.exec(found.url) ?? [];
    const module = ending && found.url.startsWith(root) && !found.url.includes("/node_modules/");
    return module ? { ...found, format: ending === "ts" ? "module-typescript" : "module" } : found;
  },
});
