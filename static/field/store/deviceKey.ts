// The key with which this phone signs its export files. Its private half cannot leave the browser's storage. Without one
// (storage emptied, private window) everything works: files are then unsigned, and wait at the desk.

import { inRegistry } from "./db.ts";

/** `public_key`: the uncompressed point, in base64. */
type DeviceKey = { private_key: CryptoKey; public_key: string };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const NAME = "device_key";

/**
 * The public half of the key that this phone has, for an exchange. It is made at sign-in, or when the app runs next.
 */
export const storedPublicKey = (): Promise<string | undefined> =>
  storedKey().then(
    (key) => key?.public_key,
    () => undefined,
  );

/** The public half; undefined if this browser cannot store a key. */
export const devicePublicKey = (): Promise<string | undefined> => deviceKey().then(storedPublicKey, () => undefined);

/** The JSON of an object with its signature as the last member, or without if there is no key. */
export async function signJson(json: string): Promise<string> {
  try {
    const { private_key } = await deviceKey();
    const algorithm = { name: ALGORITHM.name, hash: "SHA-256" };
    const signature = await crypto.subtle.sign(algorithm, private_key, new TextEncoder().encode(json));
    return `${json.slice(0, -1)},"signature":"${base64(signature)}"}`;
  } catch {
    return json;
  }
}

const storedKey = (): Promise<DeviceKey | undefined> =>
  inRegistry("readonly", (tx) => tx.objectStore("settings").get(NAME));

async function deviceKey(): Promise<DeviceKey> {
  const known = await storedKey();
  if (known) return known;
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  const made = { private_key: privateKey, public_key: base64(await crypto.subtle.exportKey("raw", publicKey)) };
  return inRegistry("readwrite", async (tx) => {
    const settings = tx.objectStore("settings");
    const first = await settings.get(NAME); // another tab may have been faster
    if (!first) await settings.put(made, NAME);
    return first ?? made;
  });
}

function base64(bytes: ArrayBuffer) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
