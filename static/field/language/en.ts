// English: a bundle of its own, which the phone stores when it is chosen (docs/decisions/0002-templates-and-texts-are-written-once.md).

import messages from "../../dist/field/en.js";
import type { Messages } from "../core/strings.ts";
import { translateShell } from "./shell.ts";

translateShell("en", messages as unknown as Messages);

export default messages;
