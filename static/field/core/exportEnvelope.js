// Encrypts an export file for the commune's server; app/sync/export/envelope.py describes the format. Every browser
// that can run the app has these parts of WebCrypto. A bundle of its own would save less than its request costs.

/** @typedef {import("./protocol.js").ExportKeyRow} ExportKeyRow */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const MAGIC = "TUNGNHA\u0001";
const INFO = "tungnha export 1";

/**
 * Encrypts `content`, as JSON, for the holder of the private half of `key`. Each file has a new key pair.
 * @param {ExportKeyRow} key
 * @param {object} content
 * @returns {Promise<Blob>}
 */
export async function encryptExport({ id, public_key }, content) {
  const { subtle } = crypto;
  const recipientKey = await subtle.importKey("raw", bytesOf(atob(public_key)), CURVE, false, []);
  const keyPair = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", keyPair.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: recipientKey }, keyPair.privateKey, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: point, info: bytesOf(INFO) };
  const derived = await subtle.deriveBits(hkdf, secret, 352);
  const head = new Uint8Array([...bytesOf(MAGIC), ...idBytes(id), ...point]);
  const cipher = await subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const aesGcm = { name: "AES-GCM", iv: derived.slice(32), additionalData: head };
  const body = await subtle.encrypt(aesGcm, cipher, await gzip(JSON.stringify(content)));
  return new Blob([head, body], { type: "application/octet-stream" });
}

/** @param {string} text every character is one byte */
function bytesOf(text) {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** @param {string} id a UUID */
function idBytes(id) {
  return (id.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** @param {string} text */
function gzip(text) {
  const blob = new Blob([text]);
  if (typeof CompressionStream === "undefined") return blob.arrayBuffer();
  return new Response(blob.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}
