// The pages that the first screen does not need: a bundle of its own, which the phone fetches after its first exchange
// (docs/decisions/0035-the-first-screen-waits-for-nothing.md). It has its own copy of what it imports, so nothing here may rely on state of a
// module that the app's bundle has too.

export { render } from "../../dist/field/laterTemplates.js";
export { deliverCarriedFiles } from "../carried/delivery.js";
export { countFailure } from "../failures/countFailure.js";
export { ROUTES } from "./routes.js";

import { interruptTransactions } from "../store/db.js";
import { isSunny, setSunny, setTextSize, textSize } from "../ui/display.js";
import { download } from "../ui/download.js";
import { offerReading } from "../ui/readAloud.js";
import { share } from "../ui/share.js";

/** What only these pages need of the browser. */
export const env = { isSunny, setSunny, textSize, setTextSize, download, share };

// Before the first page of this bundle is shown.
offerReading();
globalThis.addEventListener?.("pagehide", interruptTransactions);
