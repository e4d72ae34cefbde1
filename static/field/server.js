// The phone's own server: a pure function from a Request under /field/ to a Response with HTML.

import { render } from "../dist/field/templates.js";
import { WHOSE } from "./host.js";
import { NotHere, see } from "./pages/answers.js";
import { notFound, otherAccount, problem } from "./pages/problem.js";
import { showRevoked } from "./pages/revoked.js";
import { routeOf } from "./routes.js";
import { current } from "./store/accounts.js";
import { counts } from "./store/outbox.js";
import { recover } from "./store/recovery.js";
import { status } from "./store/replica.js";

/** @typedef {import("./pages/answers.js").Answer} Answer */
/** @typedef {import("./pages/answers.js").World} World */
/** @typedef {import("./store/db.js").Account} Account */

/**
 * Makes `handle`. It never throws: whatever happens, the answer is a page that says what to do.
 * @param {World} world
 * @param {(template: string, context: Record<string, unknown>) => string} [draw]
 * @returns {(request: Request) => Promise<Response>}
 */
export function server(world, draw = render) {
  /** @type {Set<string>} */
  const withList = new Set();
  return async function handle(request) {
    const url = new URL(request.url);
    try {
      const account = (await current()) ?? (await regained());
      return respond(await answer(world, request, url, account, withList), draw, account);
    } catch (fault) {
      if (!(fault instanceof NotHere)) console.error(fault);
      const account = await current().catch(() => null);
      return respond(problem(fault, formAddress(request, url), await isReadable(account)), draw, account);
    }
  };
}

/** The account that the journal brings back, if the databases have forgotten it. */
async function regained() {
  await recover();
  return current();
}

/**
 * @param {World} world
 * @param {Request} request
 * @param {URL} url
 * @param {Account | null} account
 * @param {Set<string>} withList
 * @returns {Promise<Answer>}
 */
async function answer(world, request, url, account, withList) {
  const match = routeOf(request.method, url.pathname);
  if (!match) return account ? notFound() : see("/field/sign-in");
  const form = new URLSearchParams(request.method === "POST" ? await request.text() : "");
  const { route, params } = match;
  const ask = { world, url, params, form, account };
  if (route.needs === "anybody") return route.answer(ask);
  if (!account) return see("/field/sign-in");
  if (isOthers(request, account)) return otherAccount(account);
  if (route.needs !== "signed in" && !(await hasList(account, withList))) return see("/field/first-download");
  if (route.needs === "list" && (await status(account.account_id)).erased) return showRevoked({ ...ask, account });
  return route.answer(ask);
}

/**
 * Whether the account's list is on the phone; once it is, it stays until somebody signs out.
 * @param {Account} account
 * @param {Set<string>} withList sign-ins known to have one
 */
async function hasList({ account_id, opened_at }, withList) {
  const signIn = `${account_id} ${opened_at}`;
  if (!withList.has(signIn) && (await status(account_id)).ready) withList.add(signIn);
  return withList.has(signIn);
}

/**
 * Whether a form comes from a page that was drawn for another account: it is not this one's to save.
 * @param {Request} request
 * @param {Account} account
 */
function isOthers({ method, headers }, { account_id }) {
  const whose = headers.get(WHOSE);
  return method === "POST" && Boolean(whose) && whose !== account_id;
}

/**
 * Whether what was recorded can be read.
 * @param {Account | null} account
 */
async function isReadable(account) {
  if (!account) return false;
  return counts(account.account_id).then(
    () => true,
    () => false,
  );
}

/**
 * @param {Answer} given
 * @param {(template: string, context: Record<string, unknown>) => string} draw
 * @param {Account | null} account for whom the page is drawn
 */
function respond(given, draw, account) {
  if ("see" in given) return new Response(null, { status: 303, headers: { Location: given.see } });
  const { template, context, status: code } = given;
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(draw(template, { ...context, whose: account?.account_id ?? "" }), { status: code, headers });
}

/**
 * Where to try again: a form's own address shows it anew, with its draft.
 * @param {Request} request
 * @param {URL} url
 */
function formAddress({ method }, { pathname, search }) {
  const shown = routeOf("GET", pathname);
  return method === "GET" || shown ? `${pathname}${search}` : "/field/";
}
