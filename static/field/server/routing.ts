// What a route is, and how one is found.

/** @typedef {import("../pages/responses.ts").PageResponse} PageResponse */

/**
 * Who may use a route: anybody; a signed-in account; one whose list was downloaded; one whose list is still on the
 * phone.
 * @typedef {"anybody" | "signed in" | "ready" | "list"} Access
 */

/**
 * `draft`: the key of a form's draft, up to the id in the address. Such a form can be saved on a phone that was revoked while it was
 * open, and a draft of it be finished.
 * @typedef {{method: string, path: RegExp, handler: (request: any) => Promise<PageResponse>, access: Access,
 *   draft?: string}} Route
 */

/**
 * The route of an address and its parameters, or null.
 * @param {Route[]} routes
 * @param {string} method
 * @param {string} pathname
 * @returns {{route: Route, params: Record<string, string>} | null}
 */
export function matchRoute(routes, method, pathname) {
  for (const route of routes) {
    const match = route.method === method && route.path.exec(pathname);
    if (match) return { route, params: { ...match.groups } };
  }
  return null;
}

/**
 * @param {string} path
 * @param {(request: any) => Promise<PageResponse>} handler
 * @param {Access} [access]
 * @returns {Route}
 */
export function get(path, handler, access = "list") {
  return { method: "GET", path: pattern(path), handler, access };
}

/**
 * @param {string} path
 * @param {(request: any) => Promise<PageResponse>} handler
 * @param {Access} [access]
 * @returns {Route}
 */
export function post(path, handler, access = "list") {
  return { method: "POST", path: pattern(path), handler, access };
}

/**
 * A form, and what saves it.
 * @param {string} path
 * @param {(request: any) => Promise<PageResponse>} show
 * @param {(request: any) => Promise<PageResponse>} save
 * @param {string} draft
 * @returns {Route[]}
 */
export function form(path, show, save, draft) {
  return [get(path, show), post(path, save)].map((route) => ({ ...route, draft }));
}

/**
 * `:id` matches one segment of the path, but not *new* or *quick*; a trailing slash is ignored.
 * @param {string} path
 */
function pattern(path) {
  const steps = path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>(?!(?:new|quick)(?:/|$))[\\w-]+)");
  return new RegExp(`^${steps}/?$`);
}
