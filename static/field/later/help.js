// Trợ giúp: the ten commonest questions.

import { page } from "../pages/responses.js";

/** @returns {Promise<import("../pages/responses.js").PageResponse>} */
export async function showHelp() {
  return page("help", {});
}
