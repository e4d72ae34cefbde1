// Intercepts htmx's requests under /field/ and passes them to the phone's own server instead of the network.

export type Handle = (request: Request) => Promise<Response>;
/** `address`: path and query of the final page. */
type FinalResponse = { response: Response; address: string };

/** The header with the account for which the requesting page was rendered. */
export const ACCOUNT_HEADER = "X-Account-Id";
const MAX_REDIRECTS = 5;

/**
 * Answers a request and follows redirects (303). The headers tell htmx what to do with the address bar: after a form
 * the target replaces the form's history entry; a form shown again must not push its action, which has no GET to
 * reload.
 */
export async function respond(handle: Handle, request: Request): Promise<FinalResponse> {
  let address = pathOf(request.url);
  let response = await handle(request);
  // The page of a saved form may come with its answer.
  const shown = response.headers.get("Content-Location");
  const redirected = response.status === 303 || shown !== null;
  address = shown ?? address;
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
 */
export function interceptRequests(handle: Handle, before: () => Promise<void>) {
  const local = async (action: string, { method, headers, body, signal }: RequestInit, accountId: string) => {
    await before();
    const localRequest = new Request(new URL(action, location.href), { method, headers, body, signal });
    localRequest.headers.set(ACCOUNT_HEADER, accountId);
    const { response } = await respond(handle, localRequest);
    // Replaced by a later request, whose answer may be on screen. A `fetch` would have ended in the same way.
    // What only took long is shown all the same.
    if (signal?.aborted && signal.reason !== "timeout") throw new DOMException("", "AbortError");
    return response;
  };
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = (event as CustomEvent).detail;
    if (!isOurs(new URL(ctx.request.action, location.href))) return;
    const accountId = document.getElementById("main")?.dataset.account ?? "";
    ctx.fetch = (action: string, request: RequestInit) => local(action, request, accountId);
  });
}

function isOurs({ origin, pathname }: URL) {
  return origin === location.origin && pathname.startsWith("/field/");
}

function pathOf(href: string) {
  const { pathname, search } = new URL(href);
  return pathname + search;
}
