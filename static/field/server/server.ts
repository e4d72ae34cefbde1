// The phone's own server: a function from a Request under /field/ to a Response with HTML.

import { render } from "../../dist/field/templates.js";
import { localDay } from "../core/day.ts";
import { language } from "../core/strings.ts";
import { report } from "../failures/failures.ts";
import { notFoundPage, notStoredPage, otherAccountPage, problemPage } from "../pages/problem.ts";
import {
  type Environment,
  isNotFound,
  type LaterEnvironment,
  type LaterWords,
  type PageRequest,
  type PageResponse,
  type Render,
  redirect,
  type SignedInRequest,
} from "../pages/responses.ts";
import { currentAccount } from "../store/accounts.ts";
import { loadDraft } from "../store/drafts.ts";
import { recover } from "../store/journal/recovery.ts";
import { counts } from "../store/outbox.ts";
import type { Account } from "../store/schema.ts";
import { isOpeningPage } from "../store/view/openingPages.ts";
import { replicaStatus } from "../store/view/replica.ts";
import { ACCOUNT_HEADER } from "./interceptRequests.ts";
import { ROUTES } from "./routes.ts";
import { matchRoute, type Route } from "./routing.ts";

type LaterPages = {
  ROUTES: Route[];
  render: Render;
  env?: LaterEnvironment;
  showRevoked: (request: SignedInRequest) => Promise<PageResponse>;
};
type ServerEnvironment = Omit<Environment, "loadLater"> & {
  loadLater: () => Promise<LaterPages & LaterWords>;
};

type Server = {
  env: ServerEnvironment;
  renderTemplate: Render;
  /** sign-ins of which it is known that their list was downloaded */
  withList: Set<string>;
};

/** Creates `handle`. It never throws: on an error it responds with a page that says what to do. */
export function createServer(
  env: ServerEnvironment,
  renderTemplate: Render = render,
): (request: Request) => Promise<Response> {
  const server = { env, renderTemplate, withList: new Set<string>() };
  return async function handle(request) {
    try {
      return await serve(server, request, (await currentAccount()) ?? (await restoredAccount()));
    } catch (error) {
      if (!isNotFound(error)) report(error);
      const account = await currentAccount().catch(() => null);
      const again = await formAddress(env, request);
      return respond(problemPage(error, again, await isReadable(account)), renderTemplate, account);
    }
  };
}

/** Responds to a request of the open account. */
async function serve(server: Server, request: Request, account: Account | null): Promise<Response> {
  const { env, renderTemplate } = server;
  const url = new URL(request.url);
  const match = await findRoute(env, request.method, url.pathname);
  const store =
    account &&
    isOpeningPage(url) &&
    (await env.openingPageStore?.(account.account_id, url, localDay(env.now()), language));
  const response = respond(await answer(server, request, url, account, match), renderTemplate, account);
  if (store) void store(response.clone()).catch(console.error);
  const saved = response.status === 303 && isSaveOfHtmx(request, match?.route);
  return saved ? withPage(server, response, request, account) : response;
}

/** Whether a redirect answers an htmx form that cannot have opened another account. */
function isSaveOfHtmx({ method, headers }: Request, route?: Route) {
  return method === "POST" && headers.has("HX-Request") && (route?.access === "list" || route?.access === "ready");
}

/**
 * The page that a redirect leads to, with its address as `Content-Location`: one reading of the account less, at each
 * save. The redirect itself if the page cannot be shown, or leads on.
 */
async function withPage(server: Server, redirected: Response, { url }: Request, account: Account | null) {
  const address = new URL(redirected.headers.get("Location") ?? "/field/", url);
  const shown = await serve(server, new Request(address), account).catch(() => redirected);
  if (shown.status === 303) return redirected;
  shown.headers.set("Content-Location", address.pathname + address.search);
  return shown;
}

/** The account restored from the journal, if the database has lost it. */
async function restoredAccount() {
  await recover();
  return currentAccount();
}

async function answer(
  { env, withList }: Server,
  request: Request,
  url: URL,
  account: Account | null,
  match: ReturnType<typeof matchRoute> | undefined,
): Promise<PageResponse> {
  if (match === undefined) return notStoredPage();
  if (!match) return account ? notFoundPage() : redirect("/field/sign-in");
  const { route, params } = match;
  const pageRequest = { env, url, params, account, ...(await formOf(request)) };
  if (route.access === "anybody") return route.handler(pageRequest as never);
  if (!account) return redirect("/field/sign-in");
  if (isForOtherAccount(request, account))
    return otherAccountPage((await env.loadLater()).otherAccountWords(account.name));
  if (route.access !== "signed in" && !(await hasList(account, withList))) return redirect("/field/first-download");
  const revoked = isRevoked(route, params, account.account_id);
  const instead = async () => {
    const { showRevoked, render } = await env.loadLater();
    return { ...(await showRevoked({ ...pageRequest, account })), render };
  };
  if (request.method !== "GET" && (await revoked)) return instead();
  // What only shows something is read meanwhile.
  const page = route.handler(pageRequest as never);
  page.catch(() => {});
  return (await revoked) ? instead() : page;
}

/**
 * The route of an address, null if it has none; undefined if it may be one of the bundle that is loaded later, which is
 * not on the phone.
 */
async function findRoute(
  env: ServerEnvironment,
  method: string,
  pathname: string,
): Promise<ReturnType<typeof matchRoute> | undefined> {
  const known = matchRoute(ROUTES, method, pathname);
  if (known) return known;
  const later = await env.loadLater().catch(console.error);
  if (!later) return undefined;
  const found = matchRoute(later.ROUTES, method, pathname);
  if (!found) return null;
  const { route, params } = found;
  const handler = async (request: PageRequest) => {
    const answer = await route.handler({ ...request, env: { ...later.env, ...request.env } } as never);
    return { ...answer, render: later.render };
  };
  return { route: { ...route, handler }, params };
}

/** Whether the commune has revoked this phone, and nobody has begun here what the route shows or saves. */
async function isRevoked({ method, access, draft }: Route, { id = "" }: Record<string, string>, accountId: string) {
  if (access !== "list" || (draft !== undefined && method === "POST")) return false;
  if (!(await replicaStatus(accountId)).erased) return false;
  return draft === undefined || (await loadDraft(accountId, draft + id)) === null;
}

/** The fields of a form, and its file if it has one. */
async function formOf(request: Request): Promise<{ form: URLSearchParams; file: File | null }> {
  if (request.headers.get("Content-Type")?.startsWith("multipart/")) {
    const file = (await request.formData()).get("file");
    return { form: new URLSearchParams(), file: file instanceof File ? file : null };
  }
  return { form: new URLSearchParams(request.method === "POST" ? await request.text() : ""), file: null };
}

/**
 * Whether the account's list was downloaded; it stays on the phone until sign-out.
 * @param withList sign-ins for which this is known
 */
async function hasList({ account_id, opened_at }: Account, withList: Set<string>) {
  const signIn = `${account_id} ${opened_at}`;
  if (!withList.has(signIn) && (await replicaStatus(account_id)).ready) withList.add(signIn);
  return withList.has(signIn);
}

/** Whether a form comes from a page that was rendered for another account and so must not be saved in this one. */
function isForOtherAccount({ method, headers }: Request, { account_id }: Account) {
  const pageAccount = headers.get(ACCOUNT_HEADER);
  return method === "POST" && Boolean(pageAccount) && pageAccount !== account_id;
}

/** Whether the account's records can be read. */
async function isReadable(account: Account | null) {
  if (!account) return false;
  return counts(account.account_id).then(
    () => true,
    () => false,
  );
}

/** @param account for whom the page is rendered */
function respond(
  response: PageResponse,
  renderTemplate: (template: string, context: Record<string, unknown>) => string,
  account: Account | null,
) {
  if ("location" in response) return new Response(null, { status: 303, headers: { Location: response.location } });
  const { template, context, status: code, render: own = renderTemplate } = response;
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(own(template, { ...context, account_id: account?.account_id ?? "" }), {
    status: code,
    headers,
  });
}

/** The address to try again: a form's action also shows the form, with its draft. */
async function formAddress(env: ServerEnvironment, { method, url }: Request) {
  const { pathname, search } = new URL(url);
  const shown = await findRoute(env, "GET", pathname);
  return method === "GET" || shown ? `${pathname}${search}` : "/field/";
}
