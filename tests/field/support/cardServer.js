// The server's half of a member's card.

import { readFileSync } from "node:fs";
import { LAN } from "./phone.js";

export const VECTORS = JSON.parse(readFileSync(new URL("../../contract/vectors/card.json", import.meta.url), "utf8"));
export const OWNER = { account_id: LAN.id, device_id: "phone" };
const CARD = {
  proto: 1,
  name: "Nguyễn Thị Lan",
  team: "Tổ Thôn Đông",
  commune: "Xã Yên Bình",
  phone: "+84900000099",
};

/** `requests`: the keys that the phone has named; `loses`: how many answers do not arrive. */
export class CardServer {
  constructor() {
    this.key = { id: "k1", secret: VECTORS.secret };
    /** @type {string[]} */
    this.requests = [];
    this.loses = 0;
  }

  /** `POST /api/v1/card`. */
  fetch = async (/** @type {any} */ _address, /** @type {any} */ { body }) => {
    const request = JSON.parse(body);
    this.requests.push(request.key_id);
    if (this.loses-- > 0) throw new TypeError("Failed to fetch");
    const answer = request.key_id === this.key.id ? CARD : { ...CARD, key: this.key };
    return new Response(JSON.stringify(answer), { status: 200 });
  };
}
