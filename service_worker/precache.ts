// The files that the app starts from, stored when a worker is installed. Files whose names have a hash of their content
// never change, so those that an earlier worker stored are not fetched again; the shell has a revision.

const CACHE = "files";
/** Files that the page stores by itself: the later pages after its first exchange, English when it is chosen. */
const OPTIONAL = /\/(later|en)-/;

/**
 * Stores `files` and answers with them: each under its own address, the first one for every navigation below /field/.
 * @param files with addresses of this site
 * @param offlinePage HTML for a navigation when neither cache nor network has the shell
 * @param fill the answer to a navigation, made from the shell
 */
export function precache(
  worker: ServiceWorkerGlobalScope,
  files: { url: string; revision: string | null }[],
  offlinePage: string,
  fill: (shell: Response, url: URL) => Response,
) {
  const keys = new Map(files.map(({ url, revision }) => [url, revision ? `${url}?revision=${revision}` : url]));
  const shell = files.find(({ url }) => url.endsWith("/shell.html"))?.url ?? "";
  worker.addEventListener("install", (event) => event.waitUntil(storeFiles(keys)));
  worker.addEventListener("activate", (event) => event.waitUntil(deleteOthers([...keys.values()])));
  worker.addEventListener("fetch", (event) => {
    const { method, mode, url } = event.request;
    const asked = new URL(url);
    if (method !== "GET" || asked.origin !== location.origin) return;
    const isPage = mode === "navigate" && asked.pathname.startsWith("/field/");
    const address = isPage ? shell : asked.pathname;
    const key = keys.get(address);
    if (!key) return;
    const answer = storedFile(key, address, isPage ? offlinePage : "");
    event.respondWith(isPage ? answer.then((file) => (file.ok ? fill(file, asked) : file)) : answer);
  });
}

/** Fails if one of them cannot be fetched: the browser then installs no worker, and tries again at the next visit. */
async function storeFiles(keys: Map<string, string>) {
  const cache = await caches.open(CACHE);
  const store = async (address: string, key: string) => {
    if (await cache.match(key)) return;
    // The page has just loaded the files with a hash: they come from the browser's own cache.
    const response = await fetch(address, {
      credentials: "same-origin",
      cache: key === address ? "default" : "reload",
    });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await cache.put(key, response);
  };
  // A new version: what the phone can do without a network stays so.
  const stored = (await cache.keys()).map(({ url }) => OPTIONAL.exec(url)?.[0]);
  const wanted = [...keys].filter(
    ([address]) => stored.includes(OPTIONAL.exec(address)?.[0]) || !OPTIONAL.test(address),
  );
  await Promise.all(wanted.map(([address, key]) => store(address, key)));
}

/** Deletes the files of earlier versions. */
async function deleteOthers(keys: string[]) {
  const cache = await caches.open(CACHE);
  const wanted = keys.map((key) => new URL(key, location.origin).href);
  for (const request of await cache.keys()) if (!wanted.includes(request.url)) await cache.delete(request);
}

/** @param offlinePage empty: an error instead */
async function storedFile(key: string, address: string, offlinePage: string) {
  try {
    return (await caches.match(key)) ?? (await fetch(address));
  } catch {
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    return offlinePage ? new Response(offlinePage, { headers }) : Response.error();
  }
}
