// The commune's pair of keys for export files, and what its server does with the private half.

import { gunzipSync } from "node:zlib";

export const KEY_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** A new pair of keys, of which `server` hands out the public half. */
export async function makeExportKey(server) {
  const keys = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  server.export_key = { id: KEY_ID, public_key: btoa(String.fromCharCode(...point)) };
  return keys;
}

/** The content of a file, decrypted as the server does. */
export async function decrypt(file, keys) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const end = 90 + bytes[89];
  const [head, point, body] = [bytes.slice(0, end), bytes.slice(24, 89), bytes.slice(end)];
  const { subtle } = crypto;
  const theirs = await subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, keys.privateKey, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("tungnha export 1");
  const derived = await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: point, info }, secret, 352);
  const cipher = await subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["decrypt"]);
  const aesGcm = { name: "AES-GCM", iv: derived.slice(32), additionalData: head };
  const json = gunzipSync(await subtle.decrypt(aesGcm, cipher, body)).toString();
  return { head, json, content: JSON.parse(json) };
}
