// The routes of the pages that are loaded later.

import * as account from "../pages/account/account.ts";
import * as card from "../pages/account/card.ts";
import { showMoved } from "../pages/account/moved.ts";
import * as otherPhone from "../pages/account/otherPhone.ts";
import * as settings from "../pages/account/settings.ts";
import { answerTransfer, showTransfer } from "../pages/account/transfer.ts";
import * as carriedFiles from "../pages/carried/carriedFiles.ts";
import { showClosedRecord, unlessClosed } from "../pages/closedRecord.ts";
import { answerQuestion } from "../pages/facts/answerQuestion.ts";
import { showGuide, showGuides, showStep } from "../pages/guides/guides.ts";
import * as help from "../pages/help/help.ts";
import { showInformation } from "../pages/help/information.ts";
import { showHousehold } from "../pages/households/household.ts";
import * as householdForm from "../pages/households/householdForm.ts";
import { pickHousehold } from "../pages/households/pickHousehold.ts";
import * as requestForm from "../pages/households/requestForm.ts";
import * as statePage from "../pages/households/statePage.ts";
import { withdrawNumber } from "../pages/households/withdrawNumber.ts";
import * as discardDraft from "../pages/log/discardDraft.ts";
import * as discardPage from "../pages/log/discardPage.ts";
import { exportFile } from "../pages/log/exportFile.ts";
import { sendNow, showLog } from "../pages/log/log.ts";
import { showHamletMap } from "../pages/map/hamletMap.ts";
import * as month from "../pages/month/month.ts";
import { putAwayNews } from "../pages/month/needNews.ts";
import * as remarkForm from "../pages/month/remarkForm.ts";
import * as sessionForm from "../pages/outreach/sessionForm.ts";
import * as practice from "../pages/practice/practice.ts";
import { markHousehold, showQuick, undoMark } from "../pages/quick/quickMark.ts";
import { askAgain } from "../pages/visits/askAgain.ts";
import { confirmVisit } from "../pages/visits/visitConfirm.ts";
import { amendVisit, showEdit } from "../pages/visits/visitEdit.ts";
import { showVisit } from "../pages/visits/visitPage.ts";
import * as withdrawalPage from "../pages/visits/withdrawalPage.ts";
import { form, get, post, type Route } from "./routing.ts";

export const ROUTES: Route[] = [
  get("/field/transfer", showTransfer, "signed in"),
  post("/field/transfer", answerTransfer, "signed in"),
  get("/field/account", account.showAccount, "signed in"),
  post("/field/account/sign-out", account.signOut, "signed in"),
  get("/field/settings", settings.showSettings, "signed in"),
  post("/field/settings/text", settings.changeTextSize, "signed in"),
  post("/field/settings/language", settings.changeLanguage, "signed in"),
  post("/field/settings/sunlight", settings.changeSunlightMode, "signed in"),
  get("/field/settings/check", settings.showCheck, "signed in"),
  get("/field/card", card.showCard, "signed in"),
  post("/field/card", card.answerCard, "signed in"),
  get("/field/help", help.showHelp, "anybody"),
  get("/field/information", showInformation, "signed in"),
  get("/field/practice", practice.showPractice, "anybody"),
  post("/field/practice", practice.beginPractice, "anybody"),
  post("/field/practice/end", practice.endPractice, "anybody"),
  get("/field/moved", showMoved, "signed in"),
  get("/field/other-phone", otherPhone.showOtherPhone, "signed in"),
  post("/field/other-phone", otherPhone.confirmOtherPhone, "signed in"),
  get("/field/month", month.showMonth, "list"),
  post("/field/month/needs", putAwayNews, "list"),
  get("/field/households/quick", showQuick),
  get("/field/households/map", showHamletMap),
  { ...post("/field/households/:id/mark", markHousehold), draft: "" },
  post("/field/visits/:id/mark/undo", undoMark),
  ...form("/field/households/new", householdForm.showNewHousehold, householdForm.addHousehold, "household:new"),
  ...form(
    "/field/households/:id/edit",
    householdForm.showHouseholdForm,
    householdForm.amendHousehold,
    "household:edit:",
  ),
  get("/field/households/:id", showHousehold),
  get("/field/households/:id/state/:state", statePage.confirmState),
  post("/field/households/:id/state/:state", statePage.changeState),
  post("/field/households/:id/number/withdraw", withdrawNumber),
  post("/field/households/:id/facts/:fact", answerQuestion),
  get("/field/households/:id/request", requestForm.showRequestForm),
  post("/field/households/:id/request", requestForm.recordRequest),
  { ...get("/field/households/:id/visit/again", askAgain), draft: "visit:new:" },
  get("/field/visits/:id", showVisit),
  get("/field/visits/:id/household", pickHousehold),
  ...form("/field/visits/:id/edit", unlessClosed(showEdit), amendVisit, "visit:edit:"),
  post("/field/visits/:id/confirm", confirmVisit),
  get("/field/visits/:id/closed", showClosedRecord),
  get("/field/visits/:id/withdraw", unlessClosed(withdrawalPage.confirmWithdrawal)),
  post("/field/visits/:id/withdraw", withdrawalPage.withdrawVisit),
  ...form("/field/sessions/new", sessionForm.showSessionForm, sessionForm.saveSession, "session:new"),
  get("/field/sessions/:id", unlessClosed(sessionForm.showSessionForm)),
  ...form(
    "/field/sessions/:id/edit",
    unlessClosed(sessionForm.showSessionForm),
    sessionForm.saveSession,
    "session:edit:",
  ),
  get("/field/sessions/:id/closed", showClosedRecord),
  get("/field/sessions/:id/withdraw", unlessClosed(sessionForm.confirmSessionWithdrawal)),
  post("/field/sessions/:id/withdraw", sessionForm.withdrawSession),
  ...form("/field/remarks/new", remarkForm.showRemarkForm, remarkForm.saveRemark, "remark:new"),
  get("/field/remarks/:id", unlessClosed(remarkForm.showRemarkForm)),
  ...form("/field/remarks/:id/edit", unlessClosed(remarkForm.showRemarkForm), remarkForm.saveRemark, "remark:edit:"),
  get("/field/remarks/:id/closed", showClosedRecord),
  get("/field/remarks/:id/withdraw", unlessClosed(remarkForm.confirmRemarkWithdrawal)),
  post("/field/remarks/:id/withdraw", remarkForm.withdrawRemark),
  get("/field/drafts/discard", discardDraft.confirmDraftDiscard, "ready"),
  post("/field/drafts/discard", discardDraft.discardDraft, "ready"),
  get("/field/guides", showGuides, "ready"),
  get("/field/guides/:id", showGuide, "ready"),
  get("/field/guides/:id/steps", showStep, "ready"),
  get("/field/log", showLog, "ready"),
  post("/field/log/send", sendNow, "ready"),
  post("/field/log/export", exportFile, "signed in"),
  get("/field/carried-files", carriedFiles.showCarriedFiles, "signed in"),
  post("/field/carried-files", carriedFiles.takeCarriedFile, "signed in"),
  post("/field/carried-files/:id/remove", carriedFiles.discardCarriedFile, "signed in"),
  get("/field/fixes/:id/discard", discardPage.confirmDiscard, "ready"),
  post("/field/fixes/:id/discard", discardPage.discardFix, "ready"),
];
