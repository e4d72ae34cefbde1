// The table of addresses: what answers what.

import { changeLight, showAccount, signOut } from "./pages/account.js";
import { copyOut } from "./pages/copying_out.js";
import { discardDraft } from "./pages/drafts.js";
import { retryFirstDownload, showFirstDownload } from "./pages/first_download.js";
import { changeState, confirmState, showHousehold } from "./pages/household.js";
import * as householdForm from "./pages/household_form.js";
import { pickHousehold, showHouseholds } from "./pages/households.js";
import { confirmDiscard, discardFix, sendNow, showLog } from "./pages/log.js";
import { markHousehold, showQuick, undoMark } from "./pages/quick.js";
import { showSaved, undoVisit } from "./pages/saved.js";
import { showSignIn, signIn } from "./pages/sign_in.js";
import { showToday, update } from "./pages/today.js";
import { answerTransfer, showTransfer } from "./pages/transfer.js";
import * as visit from "./pages/visit_save.js";
import { confirmWithdrawal, withdrawVisit } from "./pages/visit_withdraw.js";

/** @typedef {import("./pages/answers.js").Answer} Answer */
/** @typedef {import("./pages/answers.js").SignedIn} SignedIn */

/**
 * Who may ask: anybody; somebody signed in, even before the list was here; after that; or only with the list still here.
 * @typedef {"anybody" | "signed in" | "ready" | "list"} Needs
 */

/** @typedef {{method: string, path: RegExp, answer: (ask: any) => Promise<Answer>, needs: Needs}} Route */

/** @type {Route[]} */
const ROUTES = [
  get("/field/sign-in", showSignIn, "anybody"),
  post("/field/sign-in", signIn, "anybody"),
  get("/field/first-download", showFirstDownload, "signed in"),
  post("/field/first-download", retryFirstDownload, "signed in"),
  get("/field/transfer", showTransfer, "signed in"),
  post("/field/transfer", answerTransfer, "signed in"),
  get("/field/account", showAccount, "signed in"),
  post("/field/account/sign-out", signOut, "signed in"),
  post("/field/account/light", changeLight, "signed in"),
  get("/field/", showToday, "ready"),
  post("/field/update", update, "ready"),
  get("/field/households", showHouseholds),
  get("/field/households/quick", showQuick),
  get("/field/households/new", householdForm.showNew),
  post("/field/households/new", householdForm.addHousehold),
  get("/field/households/:id", showHousehold),
  get("/field/households/:id/edit", householdForm.showEdit),
  post("/field/households/:id/edit", householdForm.amendHousehold),
  get("/field/households/:id/state/:state", confirmState),
  post("/field/households/:id/state/:state", changeState),
  get("/field/households/:id/visit", visit.showNew),
  post("/field/households/:id/visit", visit.recordVisit),
  post("/field/households/:id/mark", markHousehold),
  get("/field/visits/:id/edit", visit.showEdit),
  post("/field/visits/:id/edit", visit.amendVisit),
  get("/field/visits/:id/household", pickHousehold),
  get("/field/visits/:id/saved", showSaved),
  get("/field/visits/:id/withdraw", confirmWithdrawal),
  post("/field/visits/:id/withdraw", withdrawVisit),
  post("/field/visits/:id/undo", undoVisit),
  post("/field/visits/:id/mark/undo", undoMark),
  post("/field/drafts/discard", discardDraft, "ready"),
  get("/field/log", showLog, "ready"),
  post("/field/log/send", sendNow, "ready"),
  post("/field/log/backup", copyOut, "ready"),
  get("/field/fixes/:id/discard", confirmDiscard, "ready"),
  post("/field/fixes/:id/discard", discardFix, "ready"),
];

/**
 * The route of an address and what stands at its places, or null.
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
 * @param {string} path
 * @param {(ask: any) => Promise<Answer>} answer
 * @param {Needs} [needs]
 * @returns {Route}
 */
function get(path, answer, needs = "list") {
  return { method: "GET", path: pattern(path), answer, needs };
}

/**
 * @param {string} path
 * @param {(ask: any) => Promise<Answer>} answer
 * @param {Needs} [needs]
 * @returns {Route}
 */
function post(path, answer, needs = "list") {
  return { method: "POST", path: pattern(path), answer, needs };
}

/**
 * `:id` stands for one step of the address; a slash at the end changes nothing.
 * @param {string} path
 */
function pattern(path) {
  const steps = path.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>[\\w-]+)");
  return new RegExp(`^${steps}/?$`);
}
