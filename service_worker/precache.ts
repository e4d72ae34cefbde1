// The files that the app starts from, stored when a worker is installed. Their names have a hash of their content: they
// never change, so those that an earlier worker stored are not fetched again.

const CACHE = "files";
/** Files that the page stores by itself: the later pages and practice after the first visit, English when it is chosen. */
const OPTIONAL = /\/(later|practice|en)-/;

/**
 * Stores `files` and answers with them, each under its own address; and every navigation below /field/ with `page`, if
 * the files are stored.
 * @param files with addresses of this site
 * @param offlinePage for a navigation when they are not, and there is no network
 */
export function precache(
  worker: ServiceWorkerGlobalScope,
  files: { url: string }[],
  page: (url: URL) => Response,
  offlinePage: () => Response,
) {
  const addresses = files.map(({ url }) => url);
  worker.addEventListener("install", (event) => event.waitUntil(storeFiles(addresses)));
  worker.addEventListener("activate", (event) => event.waitUntil(deleteOthers(addresses)));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const asked = new URL(request.url);
    if (request.method !== "GET" || asked.origin !== location.origin) return;
    if (request.mode === "navigate" && asked.pathname.startsWith("/field/"))
      event.respondWith(
        caches.match(addresses[0]).then((file) => (file ? page(asked) : fetch(request).catch(offlinePage))),
      );
    else if (addresses.includes(asked.pathname)) event.respondWith(storedFile(asked.pathname));
  });
}

/** Fails if one of them cannot be fetched: the browser then installs no worker, and tries again at the next visit. */
async function storeFiles(addresses: string[]) {
  const cache = await caches.open(CACHE);
  const store = async (address: string) => {
    if (await cache.match(address)) return;
    // The page has just loaded them: they come from the browser's own cache.
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await cache.put(address, response);
  };
  // A new version: what the phone can do without a network stays so.
  const stored = (await cache.keys()).map(({ url }) => OPTIONAL.exec(url)?.[0]);
  const wanted = addresses.filter((address) => stored.includes(OPTIONAL.exec(address)?.[0]) || !OPTIONAL.test(address));
  await Promise.all(wanted.map(store));
}

/** Deletes the files of earlier versions. */
async function deleteOthers(addresses: string[]) {
  const cache = await caches.open(CACHE);
  const wanted = addresses.map((address) => new URL(address, location.origin).href);
  for (const request of await cache.keys()) if (!wanted.includes(request.url)) await cache.delete(request);
}

async function storedFile(address: string) {
  try {
    return (await caches.match(address)) ?? (await fetch(address));
  } catch {
    return Response.error();
  }
}
