// What a route is, and how one is found.

import type { PageResponse } from "../pages/responses.ts";

/**
 * Who may use a route: anybody; a signed-in account; one whose list was downloaded; one whose list is still on the
 * phone.
 */
type Access = "anybody" | "signed in" | "ready" | "list";

/**
 * `handler`: of the request that `access` and the bundle allow. `draft`: the key of a form's draft, up to the id in the
 * address. Such a form can be saved on a phone that was revoked while it was open, and a draft of it be finished.
 */
export type Route = {
  method: string;
  path: RegExp;
  handler: (request: never) => Promise<PageResponse>;
  access: Access;
  draft?: string;
};

/** The route of an address and its parameters, or null. */
export function matchRoute(
  routes: Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | null {
  for (const route of routes) {
    const match = route.method === method && route.path.exec(pathname);
    if (match) return { route, params: { ...match.groups } };
  }
  return null;
}

export function get(path: string, handler: (request: never) => Promise<PageResponse>, access: Access = "list"): Route {
  return { method: "GET", path: pattern(path), handler, access };
}

export function post(path: string, handler: (request: never) => Promise<PageResponse>, access: Access = "list"): Route {
  return { method: "POST", path: pattern(path), handler, access };
}

/** A form, and what saves it. */
export function form(
  path: string,
  show: (request: never) => Promise<PageResponse>,
  save: (request: never) => Promise<PageResponse>,
  draft: string,
): Route[] {
  return [get(path, show), post(path, save)].map((route) => ({ ...route, draft }));
}

/** `:id` matches one segment of the path, but not *new* or *quick*; a trailing slash is ignored. */
function pattern(path: string) {
  const steps = path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>(?!(?:new|quick)(?:/|$))[\\w-]+)");
  return new RegExp(`^${steps}/?$`);
}
