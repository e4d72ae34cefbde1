// The routes: which function handles which address.

import { retryFirstDownload, showFirstDownload } from "../pages/account/firstDownload.js";
import { showSignIn, signIn } from "../pages/account/signIn.js";
import { showHousehold } from "../pages/households/household.js";
import { pickHousehold, showHouseholds } from "../pages/households/households.js";
import { sendNow, showLog } from "../pages/log/log.js";
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

/** @typedef {{method: string, path: RegExp, handler: (request: any) => Promise<PageResponse>, access: Access}} Route */

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
  get("/field/month", later("showMonth"), "list"),
  get("/field/", showToday, "ready"),
  post("/field/update", update, "ready"),
  get("/field/households", showHouseholds),
  get("/field/households/quick", showQuick),
  get("/field/households/new", later("showNewHousehold")),
  post("/field/households/new", later("addHousehold")),
  get("/field/households/:id", showHousehold),
  get("/field/households/:id/edit", later("showHouseholdForm")),
  post("/field/households/:id/edit", later("amendHousehold")),
  get("/field/households/:id/state/:state", later("confirmState")),
  post("/field/households/:id/state/:state", later("changeState")),
  get("/field/households/:id/visit", visit.showNew),
  post("/field/households/:id/visit", visit.recordVisit),
  post("/field/households/:id/mark", markHousehold),
  get("/field/visits/:id", later("showVisit")),
  get("/field/visits/:id/edit", visit.showEdit),
  post("/field/visits/:id/edit", visit.amendVisit),
  get("/field/visits/:id/household", pickHousehold),
  get("/field/visits/:id/saved", showSaved),
  get("/field/visits/:id/withdraw", later("confirmWithdrawal")),
  post("/field/visits/:id/withdraw", later("withdrawVisit")),
  post("/field/visits/:id/undo", undoVisit),
  post("/field/visits/:id/mark/undo", undoMark),
  get("/field/sessions/new", later("showSessionForm")),
  post("/field/sessions/new", later("saveSession")),
  get("/field/sessions/:id", later("showSessionForm")),
  get("/field/sessions/:id/edit", later("showSessionForm")),
  post("/field/sessions/:id/edit", later("saveSession")),
  get("/field/sessions/:id/withdraw", later("confirmSessionWithdrawal")),
  post("/field/sessions/:id/withdraw", later("withdrawSession")),
  get("/field/remarks/new", later("showRemarkForm")),
  post("/field/remarks/new", later("saveRemark")),
  get("/field/remarks/:id", later("showRemarkForm")),
  get("/field/remarks/:id/edit", later("showRemarkForm")),
  post("/field/remarks/:id/edit", later("saveRemark")),
  get("/field/remarks/:id/withdraw", later("confirmRemarkWithdrawal")),
  post("/field/remarks/:id/withdraw", later("withdrawRemark")),
  get("/field/drafts/discard", later("confirmDraftDiscard"), "ready"),
  post("/field/drafts/discard", later("discardDraft"), "ready"),
  get("/field/guides", later("showGuides"), "ready"),
  get("/field/guides/:id", later("showGuide"), "ready"),
  get("/field/log", showLog, "ready"),
  post("/field/log/send", sendNow, "ready"),
  post("/field/log/export", later("exportFile"), "ready"),
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
 * `:id` matches one segment of the path; a trailing slash is ignored.
 * @param {string} path
 */
function pattern(path) {
  const steps = path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>[\\w-]+)");
  return new RegExp(`^${steps}/?$`);
}
