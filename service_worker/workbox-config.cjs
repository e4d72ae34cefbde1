// What the service worker keeps: the shell and the files it needs. Their names carry a hash of their content, the
// shell's does not. service_worker/build.py runs this after the bundles are in place.
const { join } = require("node:path");

const dist = join(__dirname, "../static/dist");

module.exports = {
  swSrc: join(dist, ".bundle/sw.js"),
  swDest: join(dist, "sw.js"),
  globDirectory: dist,
  globPatterns: ["shell.html", "start-*.js", "field-*.js", "app-*.css"],
  modifyURLPrefix: { "": "/static/dist/" },
  dontCacheBustURLsMatching: /-[0-9a-f]{10}\./,
};
