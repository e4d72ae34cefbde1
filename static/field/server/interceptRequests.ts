// Intercepts htmx's requests under /field/ and passes them to the phone's own server instead of the network.

/** @typedef {(request: Request) => Promise<Response>} Handle */
/** @typedef {{response: Response, address: string}} FinalResponse `address`: path and query of the final page. */

/** The header with the account for which the requesting page was rendered. */
export const ACCOUNT_HEADER = "X-Account-Id";
const MAX_REDIRECTS = 5;

/**
 * Answers a request and follows redirects (303). The headers tell htmx what to do with the address bar: after a form
 * the target replaces the form's history entry; a form shown again must not push its action, which has no GET to
 * reload.
 * @param {Handle} handle
 * @param {Request} request
 * @returns {Promise<FinalResponse>}
 */
export async function respond(handle, request) {
  let address = pathOf(request.url);
  let response = await handle(request);
  const redirected = response.status === 303;
  for (let redirects = 0; response.status === 303 && redirects < MAX_REDIRECTS; redirects += 1) {
    address = pathOf(new URL(response.headers.get("Location") ?? "/field/", request.url).href);
    response = await handle(new Request(new URL(address, request.url)));
  }
  const form = request.method !== "GET";
  const back = request.headers.has("HX-History-Restore-Request");
  if (redirected) response.headers.set(form || back ? "HX-Replace-Url" : "HX-Push-Url", address);
  else if (form) response.headers.set("HX-Push-Url", "false");
  return { response, address };
}

/**
 * Passes htmx's requests under /field/ to `handle`, with the account of the page they come from: another tab may have
 * switched accounts since. Awaits `before` first.
 * @param {Handle} handle
 * @param {() => Promise<void>} before
 */
export function interceptRequests(handle, before) {
  /**
   * @param {string} action
   * @param {RequestInit} request
   * @param {string} accountId
   */
  const local = async (action, { method, headers, body, signal }, accountId) => {
    await before();
    const localRequest = new Request(new URL(action, location.href), { method, headers, body, signal });
    localRequest.headers.set(ACCOUNT_HEADER, accountId);
    return (await respond(handle, localRequest)).response;
  };
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    if (!isOurs(new URL(ctx.request.action, location.href))) return;
    const accountId = document.getElementById("main")?.dataset.account ?? "";
    ctx.fetch = (/** @type {string} */ action, /** @type {RequestInit} */ request) => local(action, request, accountId);
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
