// What the service worker precaches: the shell and its files. The files' names contain a hash of their content, the
// shell's does not. service_worker/build uses this after bundling.
const { join } = require("node:path");

const dist = join(__dirname, "../static/dist");

module.exports = {
  swSrc: join(dist, ".bundle/sw.js"),
  swDest: join(dist, "sw.js"),
  globDirectory: dist,
  globPatterns: ["shell.html", "start-*.js", "field-*.js", "later-*.js", "en-*.js", "app-*.css"],
  modifyURLPrefix: { "": "/static/dist/" },
  dontCacheBustURLsMatching: /-[0-9a-f]{10}\./,
};
