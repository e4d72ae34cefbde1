// The passkeys of a page without the desk's other code: signing in, setting up.
import { preparePasskeys } from "./passkey.ts";

preparePasskeys(document, (form) => form.submit());
