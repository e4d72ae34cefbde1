// Encrypts an export file for the commune's server; app/sync/export/envelope.py describes the format. Every browser
// that can run the app has these parts of WebCrypto.

import type { ExportKeyRow } from "./protocol.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const MAGIC = "TUNGNHA\u0002";
const BEGIN = "-----BEGIN TUNG NHA-----";
const END = "-----END TUNG NHA-----";
const INFO = "tungnha export 1";

/** Encrypts a text for the holder of the private half of the commune's `key`. Each file has a new key pair. */
export async function encryptExport({ id, public_key }: ExportKeyRow, communeId: string, content: string) {
  const { subtle } = crypto;
  const recipientKey = await subtle.importKey("raw", bytesOf(atob(public_key)), CURVE, false, []);
  const keyPair = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = new Uint8Array(await subtle.exportKey("raw", keyPair.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: recipientKey }, keyPair.privateKey, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: point, info: bytesOf(INFO) };
  const derived = await subtle.deriveBits(hkdf, secret, 352);
  const commune = [communeId.length, ...bytesOf(communeId)];
  const head = new Uint8Array([...bytesOf(MAGIC), ...idBytes(id), ...point, ...commune]);
  const cipher = await subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const aesGcm = { name: "AES-GCM", iv: derived.slice(32), additionalData: head };
  const body = await subtle.encrypt(aesGcm, cipher, await gzip(content));
  return new Blob([head, body], { type: "application/octet-stream" });
}

/** A text that contains the file, for applications that pass on text only; `sentence` is for people. */
export async function exportText(file: Blob, sentence: string) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const encoded = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `${sentence}\n\n${BEGIN}\n${encoded}\n${END}\n`;
}

/** Whether the content is an export file, or a text that contains one. Whether it is whole, only the server knows. */
export function isExportFile(content: ArrayBuffer) {
  const text = new TextDecoder().decode(content);
  return text.startsWith(MAGIC.slice(0, -1)) || text.includes(BEGIN);
}

/** @param text every character is one byte */
function bytesOf(text: string) {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** @param id a UUID */
function idBytes(id: string) {
  return (id.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function gzip(text: string) {
  const blob = new Blob([text]);
  if (typeof CompressionStream === "undefined") return blob.arrayBuffer();
  return new Response(blob.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}
