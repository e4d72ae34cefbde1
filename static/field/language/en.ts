// English: a bundle of its own, which the phone stores when it is chosen (docs/decisions/0002-templates-and-texts-are-written-once.md).

import messages from "../../dist/field/en.js";
import { translateShell } from "./shell.ts";

translateShell("en", /** @type {import("../core/strings.ts").Messages} */ (/** @type {unknown} */ (messages)));

export default messages;
