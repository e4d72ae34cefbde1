// Between htmx and the phone's own server: requests under /field/ are answered here and never touch the network.

/** @typedef {(request: Request) => Promise<Response>} Handle */
/** @typedef {{response: Response, address: string}} Answered `address`: where the answer stands, as path and query. */

/** The header that names the account for which the page of a request was drawn. */
export const WHOSE = "X-Whose";
const HOPS = 5;

/**
 * Answers a request and goes on where the answer says so (303). The headers tell htmx what becomes of the address bar:
 * after a form the place it leads to takes the form's place; a form shown again must not leave its action there, where
 * Reload would find nothing.
 * @param {Handle} handle
 * @param {Request} request
 * @returns {Promise<Answered>}
 */
export async function answer(handle, request) {
  let address = pathOf(request.url);
  let response = await handle(request);
  const moved = response.status === 303;
  for (let hop = 0; response.status === 303 && hop < HOPS; hop += 1) {
    address = pathOf(new URL(response.headers.get("Location") ?? "/field/", request.url).href);
    response = await handle(new Request(new URL(address, request.url)));
  }
  const form = request.method !== "GET";
  const back = request.headers.has("HX-History-Restore-Request");
  if (moved) response.headers.set(form || back ? "HX-Replace-Url" : "HX-Push-Url", address);
  else if (form) response.headers.set("HX-Push-Url", "false");
  return { response, address };
}

/**
 * Gives htmx's requests under /field/ to `handle`, with a word on whose page they come from: another tab may have opened
 * another account since. `before` is awaited first.
 * @param {Handle} handle
 * @param {() => Promise<void>} before
 */
export function hostRequests(handle, before) {
  /**
   * @param {string} action
   * @param {RequestInit} request
   * @param {string} whose
   */
  const local = async (action, { method, headers, body, signal }, whose) => {
    await before();
    const asked = new Request(new URL(action, location.href), { method, headers, body, signal });
    asked.headers.set(WHOSE, whose);
    return (await answer(handle, asked)).response;
  };
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (!isOurs(new URL(ctx.request.action, location.href))) return;
    const whose = document.getElementById("main")?.dataset.whose ?? "";
    ctx.fetch = (/** @type {string} */ action, /** @type {RequestInit} */ request) => local(action, request, whose);
  });
}

/** @param {URL} url */
function isOurs({ origin, pathname }) {
  return origin === location.origin && pathname.startsWith("/field/");
}

/** @param {string} href */
function pathOf(href) {
  const { pathname, search } = new URL(href);
  return pathname + search;
}
