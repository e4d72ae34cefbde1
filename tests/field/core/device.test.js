// In which browsers the app does not run, and the reason for each.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { STAY_KEY, STEPS_HASH, systemOf, unsupportedReason } from "../../../static/field/core/device.ts";

const ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const CHROME = `${ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36`;
const WEBVIEW = CHROME.replace("; SM-A045F", "; SM-A045F; wv");

/** The view of a browser that has everything, with changes. */
const view = (userAgent, changes = {}) => ({
  isSecureContext: true,
  navigator: { userAgent, serviceWorker: {} },
  indexedDB: {},
  crypto: { randomUUID() {} },
  location: { hash: "" },
  localStorage: { getItem: () => null },
  ...changes,
});

describe("the app does not run in the browser of another app", () => {
  const inside = {
    "Zalo on Android": `${ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Zalo android/24060595 ZaloTheme/light`,
    "Zalo on an iPhone": `${IPHONE} Mobile/15E148 Zalo iOS/615 ZaloTheme/light ZaloLanguage/vi`,
    "Facebook on Android": `${WEBVIEW} [FB_IAB/FB4A;FBAV/470.0.0.32.109;]`,
    "Facebook on an iPhone": `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/470.1.0.43.103;FBLC/vi_VN]`,
    "Messenger on an iPhone": `${IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/465.0.0.41.109]`,
    Instagram: `${IPHONE} Mobile/15E148 Instagram 335.1.8.26.85 (iPhone14,5; iOS 17_5; vi_VN)`,
    TikTok: `${WEBVIEW} trill_340503 BytedanceWebview/d8a21c6 musical_ly_2023405030`,
    "any other on Android": WEBVIEW,
  };
  for (const [name, userAgent] of Object.entries(inside)) {
    test(name, () => assert.equal(unsupportedReason(view(userAgent)), "browser"));
  }
});

describe("the app runs in ordinary browsers", () => {
  const browsers = {
    "Chrome on Android": CHROME,
    "Samsung's": `${ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    "Cốc Cốc": `${ANDROID} Chrome/124.0.0.0 Mobile Safari/537.36 coc_coc_browser/130.0`,
    Safari: `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`,
    "the icon on an iPhone's home screen": `${IPHONE} Mobile/15E148`,
    Firefox: "Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
  };
  for (const [name, userAgent] of Object.entries(browsers)) {
    test(name, () => assert.equal(unsupportedReason(view(userAgent)), ""));
  }
});

test("the app does not run without a service worker or a database", () => {
  assert.equal(unsupportedReason(view(CHROME, { navigator: { userAgent: CHROME } })), "browser");
  assert.equal(unsupportedReason(view(CHROME, { indexedDB: undefined })), "browser");
});

test("an insecure address is named as the reason before the browser: no other browser would help", () => {
  const unsafe = { isSecureContext: false, navigator: { userAgent: `${WEBVIEW} Zalo` }, crypto: {} };
  assert.equal(unsupportedReason(view("", unsafe)), "insecure");
});

test("a browser from before 2021 is too old", () => {
  assert.equal(unsupportedReason(view(CHROME, { crypto: {} })), "old");
});

test("in Safari on an iPhone the steps to the home screen come first, unless the person has chosen Safari", () => {
  const userAgent = `${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`;
  const iphone = (standalone, choice = null, hash = "") =>
    view(userAgent, {
      navigator: { userAgent, serviceWorker: {}, standalone },
      location: { hash },
      localStorage: { getItem: (key) => (key === STAY_KEY ? choice : null) },
    });
  assert.equal(unsupportedReason(iphone(false)), "home");
  assert.equal(unsupportedReason(iphone(false, "1")), "");
  assert.equal(unsupportedReason(iphone(false, "1", STEPS_HASH)), "home");
  assert.equal(unsupportedReason(iphone(true, null, STEPS_HASH)), "");
});

test("the operating systems are recognised, also an iPad with the user agent of a Mac", () => {
  const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15";
  const systems = [CHROME, IPHONE, mac].map((userAgent) => systemOf({ userAgent, maxTouchPoints: 0 }));
  assert.deepEqual(systems, ["android", "iphone", "other"]);
  assert.equal(systemOf({ userAgent: mac, maxTouchPoints: 5 }), "iphone");
});
