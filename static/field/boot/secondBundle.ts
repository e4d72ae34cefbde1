// The pages that the first screen does not need: a bundle of its own, which the phone fetches after its first exchange
// (docs/decisions/0035-the-first-screen-waits-for-nothing.md). It has its own copy of what it imports; what the page remembers is the same for
// both (core/pageState.ts).

export { render } from "../../dist/field/laterTemplates.js";
export { countFailure } from "../failures/countFailure.ts";
export { otherAccountWords } from "../pages/account/otherAccount.ts";
export { showRevoked } from "../pages/account/revoked.ts";
export { earlierText } from "../pages/account/transfer.ts";
export { refusalText } from "../pages/log/refusals.ts";
export { checkStorage } from "../retention/storageCheck.ts";
export { ROUTES } from "../server/laterRoutes.ts";
export { deliver } from "../sync/carriedFiles.ts";
export { followTab, mirror } from "../ui/forms/formTabSync.ts";

import { isPractising } from "../core/pageState.ts";
import { offerConsent } from "../pages/households/consentSheet.ts";
import { canPractise, clearAbandoned, practise } from "../practice/begin.ts";
import { clearAfterRuns } from "../retention/storageCheck.ts";
import { deliver } from "../sync/carriedFiles.ts";
import { isSunny, setSunny, setTextSize, textSize } from "../ui/display.ts";
import { download } from "../ui/download.ts";
import { returnFromGuides } from "../ui/forms/guideReturn.ts";
import { addStyles } from "../ui/laterStyles.ts";
import { followCells } from "../ui/mapCells.ts";
import { offerReading } from "../ui/readAloud.ts";
import { canShare, share } from "../ui/share.ts";
import { followSwipes } from "../ui/stepMoves.ts";

/** What only these pages need of the browser. */
export const env = {
  shown: () => location.href,
  isSunny,
  setSunny,
  textSize,
  setTextSize,
  download,
  canShare,
  share,
  deliver: () => void deliver().catch(console.error),
  canPractise,
  practise,
};

clearAfterRuns();
// Before the first page of this bundle is shown.
if (globalThis.CSSStyleSheet) addStyles();
offerReading();
if (globalThis.HTMLDialogElement) offerConsent();
if (globalThis.document) {
  returnFromGuides();
  followSwipes();
  followCells();
  if (!isPractising()) clearAbandoned();
}
