// A file that only the commune's server can read; app/sync/backup/sealed.py has the format. What is needed of WebCrypto is
// in every browser that can keep records at all. (A bundle of its own would cost more in its head than it spares.)

/** @typedef {import("./sync/protocol.js").BackupKeyRow} BackupKeyRow */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const HEAD = "TUNGNHA\u0001";
const INFO = "tungnha backup 1";

/**
 * Seals `content`, as JSON, for whoever has the private half of `key`. The key of each file is its own.
 * @param {BackupKeyRow} key
 * @param {object} content
 * @returns {Promise<Blob>}
 */
export async function seal({ id, public_key }, content) {
  const { subtle } = crypto;
  const theirs = await subtle.importKey("raw", bytesOf(atob(public_key)), CURVE, false, []);
  const own = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: point, info: bytesOf(INFO) };
  const derived = await subtle.deriveBits(how, secret, 352);
  const head = new Uint8Array([...bytesOf(HEAD), ...idBytes(id), ...point]);
  const cipher = await subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const sealing = { name: "AES-GCM", iv: derived.slice(32), additionalData: head };
  const body = await subtle.encrypt(sealing, cipher, await packed(JSON.stringify(content)));
  return new Blob([head, body], { type: "application/octet-stream" });
}

/** @param {string} text of which every character is a byte */
function bytesOf(text) {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** @param {string} id a UUID */
function idBytes(id) {
  return (id.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** @param {string} text */
function packed(text) {
  const blob = new Blob([text]);
  if (typeof CompressionStream === "undefined") return blob.arrayBuffer();
  return new Response(blob.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}
