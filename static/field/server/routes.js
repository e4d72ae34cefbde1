// The routes: which function handles which address.

import { retryFirstDownload, showFirstDownload } from "../pages/account/firstDownload.js";
import { showSignIn, signIn } from "../pages/account/signIn.js";
import { showHousehold } from "../pages/households/household.js";
import { pickHousehold, showHouseholds } from "../pages/households/households.js";
import { notStoredPage } from "../pages/problem.js";
import { showToday, update } from "../pages/today.js";
import { markHousehold, showQuick, undoMark } from "../pages/visits/quickMark.js";
import { showSaved, undoVisit } from "../pages/visits/saved.js";
import * as visit from "../pages/visits/visitSave.js";

/** @typedef {import("../pages/responses.js").PageResponse} PageResponse */
/** @typedef {import("../pages/responses.js").SignedInRequest} SignedInRequest */

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

/** @type {Route[]} */
const ROUTES = [
  get("/field/sign-in", showSignIn, "anybody"),
  post("/field/sign-in", signIn, "anybody"),
  get("/field/first-download", showFirstDownload, "signed in"),
  post("/field/first-download", retryFirstDownload, "signed in"),
  get("/field/transfer", later("showTransfer"), "signed in"),
  post("/field/transfer", later("answerTransfer"), "signed in"),
  get("/field/account", later("showAccount"), "signed in"),
  post("/field/account/sign-out", later("signOut"), "signed in"),
  get("/field/settings", later("showSettings"), "signed in"),
  post("/field/settings/text", later("changeTextSize"), "signed in"),
  post("/field/settings/language", later("changeLanguage"), "signed in"),
  post("/field/settings/sunlight", later("changeSunlightMode"), "signed in"),
  get("/field/settings/check", later("showCheck"), "signed in"),
  get("/field/help", later("showHelp"), "anybody"),
  get("/field/other-phone", later("showOtherPhone"), "signed in"),
  post("/field/other-phone", later("confirmOtherPhone"), "signed in"),
  get("/field/month", later("showMonth"), "list"),
  get("/field/", showToday, "ready"),
  post("/field/update", update, "ready"),
  get("/field/households", showHouseholds),
  get("/field/households/quick", showQuick),
  ...form("/field/households/new", later("showNewHousehold"), later("addHousehold"), "household:new"),
  get("/field/households/:id", showHousehold),
  ...form("/field/households/:id/edit", later("showHouseholdForm"), later("amendHousehold"), "household:edit:"),
  get("/field/households/:id/state/:state", later("confirmState")),
  post("/field/households/:id/state/:state", later("changeState")),
  ...form("/field/households/:id/visit", visit.showNew, visit.recordVisit, "visit:new:"),
  { ...post("/field/households/:id/mark", markHousehold), draft: "" },
  get("/field/visits/:id", later("showVisit")),
  ...form("/field/visits/:id/edit", visit.showEdit, visit.amendVisit, "visit:edit:"),
  post("/field/visits/:id/confirm", later("confirmVisit")),
  get("/field/visits/:id/household", pickHousehold),
  get("/field/visits/:id/saved", showSaved),
  get("/field/visits/:id/withdraw", later("confirmWithdrawal")),
  post("/field/visits/:id/withdraw", later("withdrawVisit")),
  post("/field/visits/:id/undo", undoVisit),
  post("/field/visits/:id/mark/undo", undoMark),
  ...form("/field/sessions/new", later("showSessionForm"), later("saveSession"), "session:new"),
  get("/field/sessions/:id", later("showSessionForm")),
  ...form("/field/sessions/:id/edit", later("showSessionForm"), later("saveSession"), "session:edit:"),
  get("/field/sessions/:id/withdraw", later("confirmSessionWithdrawal")),
  post("/field/sessions/:id/withdraw", later("withdrawSession")),
  ...form("/field/remarks/new", later("showRemarkForm"), later("saveRemark"), "remark:new"),
  get("/field/remarks/:id", later("showRemarkForm")),
  ...form("/field/remarks/:id/edit", later("showRemarkForm"), later("saveRemark"), "remark:edit:"),
  get("/field/remarks/:id/withdraw", later("confirmRemarkWithdrawal")),
  post("/field/remarks/:id/withdraw", later("withdrawRemark")),
  get("/field/drafts/discard", later("confirmDraftDiscard"), "ready"),
  post("/field/drafts/discard", later("discardDraft"), "ready"),
  get("/field/guides", later("showGuides"), "ready"),
  get("/field/guides/:id", later("showGuide"), "ready"),
  get("/field/log", later("showLog"), "ready"),
  post("/field/log/send", later("sendNow"), "ready"),
  post("/field/log/export", later("exportFile"), "signed in"),
  get("/field/carried-files", later("showCarriedFiles"), "signed in"),
  post("/field/carried-files", later("takeCarriedFile"), "signed in"),
  post("/field/carried-files/:id/remove", later("discardCarriedFile"), "signed in"),
  get("/field/fixes/:id/discard", later("confirmDiscard"), "ready"),
  post("/field/fixes/:id/discard", later("discardFix"), "ready"),
];

/**
 * The route of an address and its parameters, or null.
 * @param {string} method
 * @param {string} pathname
 * @returns {{route: Route, params: Record<string, string>} | null}
 */
export function routeOf(method, pathname) {
  for (const route of ROUTES) {
    const match = route.method === method && route.path.exec(pathname);
    if (match) return { route, params: { ...match.groups } };
  }
  return null;
}

/**
 * A handler of the bundle that is loaded later, with its templates.
 * @param {string} name
 * @returns {(request: any) => Promise<PageResponse>}
 */
function later(name) {
  return async (request) => {
    const bundle = await request.env.loadLater().catch(console.error);
    if (!bundle) return notStoredPage();
    const env = { ...bundle.env, ...request.env };
    return { ...(await bundle.pages[name]({ ...request, env })), render: bundle.render };
  };
}

/**
 * @param {string} path
 * @param {(request: any) => Promise<PageResponse>} handler
 * @param {Access} [access]
 * @returns {Route}
 */
function get(path, handler, access = "list") {
  return { method: "GET", path: pattern(path), handler, access };
}

/**
 * @param {string} path
 * @param {(request: any) => Promise<PageResponse>} handler
 * @param {Access} [access]
 * @returns {Route}
 */
function post(path, handler, access = "list") {
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
function form(path, show, save, draft) {
  return [get(path, show), post(path, save)].map((route) => ({ ...route, draft }));
}

/**
 * `:id` matches one segment of the path; a trailing slash is ignored.
 * @param {string} path
 */
function pattern(path) {
  const steps = path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>[\\w-]+)");
  return new RegExp(`^${steps}/?$`);
}
