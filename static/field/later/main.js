// The pages that the first screen does not need: a bundle of its own, which the phone fetches after its first exchange
// (docs/decisions/0067-later-pages.md). It has its own copy of what it imports, so nothing here may rely on state of a
// module that the app's bundle has too.

export { render } from "../../dist/field/laterTemplates.js";
export { deliverCarriedFiles } from "../carried/delivery.js";
export { countFailure } from "../failures/countFailure.js";

import * as account from "../pages/account/account.js";
import { answerTransfer, showTransfer } from "../pages/account/transfer.js";
import { showGuide, showGuides } from "../pages/guides/guides.js";
import * as householdForm from "../pages/households/householdForm.js";
import * as statePage from "../pages/households/statePage.js";
import * as discardPage from "../pages/log/discardPage.js";
import { exportFile } from "../pages/log/exportFile.js";
import { sendNow, showLog } from "../pages/log/log.js";
import * as sessionForm from "../pages/outreach/sessionForm.js";
import { confirmVisit } from "../pages/visits/visitConfirm.js";
import { showVisit } from "../pages/visits/visitPage.js";
import * as withdrawalPage from "../pages/visits/withdrawalPage.js";
import { interruptTransactions } from "../store/db.js";
import { isSunny, setSunny, setTextSize, textSize } from "../ui/display.js";
import { download } from "../ui/download.js";
import { offerReading } from "../ui/readAloud.js";
import { share } from "../ui/share.js";
import * as carriedFiles from "./carriedFiles.js";
import * as discardDraft from "./discardDraft.js";
import * as help from "./help.js";
import * as month from "./month.js";
import * as otherPhone from "./otherPhone.js";
import * as remarkForm from "./remarkForm.js";
import * as settings from "./settings.js";

/** @type {Record<string, (request: any) => Promise<import("../pages/responses.js").PageResponse>>} The handlers. */
export const pages = {
  ...account,
  ...carriedFiles,
  ...settings,
  ...help,
  ...month,
  ...otherPhone,
  ...remarkForm,
  ...sessionForm,
  ...withdrawalPage,
  ...discardPage,
  ...discardDraft,
  ...statePage,
  ...householdForm,
  exportFile,
  sendNow,
  showLog,
  showTransfer,
  answerTransfer,
  showGuide,
  showGuides,
  showVisit,
  confirmVisit,
};

/** What only these pages need of the browser. */
export const env = { isSunny, setSunny, textSize, setTextSize, download, share };

// Before the first page of this bundle is shown.
offerReading();
globalThis.addEventListener?.("pagehide", interruptTransactions);
