// The six digits with which a member's card answers the four that the commune reads out.

const PURPOSE = "tung-nha card 1";
const ANSWERS = 1_000_000;
/** Numbers of four bytes from here on would make the first answers more likely than the others. */
const LIMIT = 2 ** 32 - (2 ** 32 % ANSWERS);

/**
 * The answer by the secret of this phone, as the server computes it (`app/commune/card/answers.py`): of the HMAC-SHA-256
 * of *tung-nha card 1 QUESTION ROUND* the first four bytes, as a number, modulo a million; from `LIMIT` on they are left
 * out, and the next round is taken, beginning with 0.
 */
export async function cardAnswer(key: CryptoKey, question: string): Promise<string> {
  for (let round = 0; ; round += 1) {
    const message = new TextEncoder().encode(`${PURPOSE} ${question} ${round}`);
    const number = new DataView(await crypto.subtle.sign("HMAC", key, message)).getUint32(0);
    if (number < LIMIT) return String(number % ANSWERS).padStart(6, "0");
  }
}
