// The routes of the pages that are there from the first visit on. Those of laterRoutes.ts come after them.

import { retryFirstDownload, showFirstDownload } from "../pages/account/firstDownload.ts";
import { showSignIn, signIn } from "../pages/account/signIn.ts";
import { showHouseholds } from "../pages/households/households.ts";
import { showToday, update } from "../pages/today.ts";
import { showSaved, undoVisit } from "../pages/visits/saved.ts";
import * as visit from "../pages/visits/visitSave.ts";
import { form, get, post, type Route } from "./routing.ts";

export const ROUTES: Route[] = [
  get("/field/sign-in", showSignIn, "anybody"),
  post("/field/sign-in", signIn, "anybody"),
  get("/field/first-download", showFirstDownload, "signed in"),
  post("/field/first-download", retryFirstDownload, "signed in"),
  get("/field/", showToday, "ready"),
  post("/field/update", update, "ready"),
  get("/field/households", showHouseholds),
  ...form("/field/households/:id/visit", visit.showNew, visit.recordVisit, "visit:new:"),
  get("/field/visits/:id/saved", showSaved),
  post("/field/visits/:id/undo", undoVisit),
];
