// What the service worker precaches: the files of the shell, whose names contain a hash of their content; the one without
// which the app does not start comes first. service_worker/build uses this after bundling.
const { join } = require("node:path");

const dist = join(__dirname, "../static/dist");

module.exports = {
  swSrc: join(dist, ".bundle/sw.js"),
  swDest: join(dist, "sw.js"),
  globDirectory: dist,
  globPatterns: ["start-*.js", "field-*.js", "later-*.js", "practice-*.js", "en-*.js", "app-*.css"],
  modifyURLPrefix: { "": "/static/dist/" },
  dontCacheBustURLsMatching: /-[0-9a-f]{10}\./,
};
