import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { dateText, dayAfter, isDay, momentText, numberText, timeText } from "../../../static/field/pages/formats.ts";
import { interceptRequests, respond } from "../../../static/field/server/interceptRequests.ts";
import { ROUTES as LATER } from "../../../static/field/server/laterRoutes.ts";
import { ROUTES } from "../../../static/field/server/routes.ts";
import { matchRoute } from "../../../static/field/server/routing.ts";

const routeOf = (method, path) => matchRoute([...ROUTES, ...LATER], method, path);

import { putReturnedVisit, readyPhone, visitFields } from "../support/pageHarness.js";

const HEADERS = ["HX-Push-Url", "HX-Replace-Url"];

async function addressesAfter(phone, address, init = {}) {
  const { response, address: end } = await respond(phone.handle, new Request(`http://phone${address}`, init));
  return [end, ...HEADERS.map((name) => response.headers.get(name))];
}

const post = (fields) => ({ method: "POST", body: new URLSearchParams(fields) });

test("the page after a form replaces the form in the history", async () => {
  const phone = await readyPhone();
  const { id, service, ...rest } = visitFields();
  const saved = `/field/visits/${id}/saved`;
  assert.deepEqual(
    await addressesAfter(phone, "/field/households/h12/visit", post({ id, service: service[0], ...rest })),
    [saved, null, saved],
  );
});

test("a form that htmx sends is answered with the page it leads to, and a plain one with its address", async () => {
  const phone = await readyPhone();
  const headers = { "HX-Request": "true" };
  const answers = [];
  const handle = async (request) => {
    const response = await phone.handle(request);
    answers.push(response.status);
    return response;
  };
  const save = (fields, options) => {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
    );
    const request = new Request("http://phone/field/households/h12/visit", { method: "POST", body, ...options });
    return respond(handle, request);
  };
  const fields = visitFields();
  const saved = `/field/visits/${fields.id}/saved`;
  const { response, address } = await save(fields, { headers });
  assert.deepEqual([answers, address, phone.rendered.template], [[200], saved, "field/saved.html"]);
  assert.deepEqual([response.headers.get("HX-Replace-Url"), response.headers.get("HX-Push-Url")], [saved, null]);
  assert.equal((await save(fields, {})).address, saved);
  assert.deepEqual(answers, [200, 303, 200]);
});

test("what a saved form leads to is shown by its own address if it cannot be shown with the answer", async ({
  mock,
}) => {
  const phone = await readyPhone();
  mock.method(console, "error", () => {});
  const render = phone.render;
  let failures = 1;
  phone.render = () => {
    failures -= 1;
    if (failures === 0) throw new Error("broken");
    return render();
  };
  const fields = visitFields();
  const { service, ...rest } = fields;
  const init = { ...post({ service: service[0], ...rest }), headers: { "HX-Request": "true" } };
  const { response, address } = await respond(
    phone.handle,
    new Request("http://phone/field/households/h12/visit", init),
  );
  assert.deepEqual([response.status, address], [200, `/field/visits/${fields.id}/saved`]);
});

test("a form that may open another account is answered with an address", async () => {
  const phone = await readyPhone();
  const headers = { "HX-Request": "true" };
  const request = new Request("http://phone/field/account/sign-out", { method: "POST", headers });
  assert.equal((await phone.handle(request)).status, 303);
});

test("a form shown again does not leave its action in the address bar", async () => {
  const phone = await readyPhone();
  assert.deepEqual(await addressesAfter(phone, "/field/households/h12/visit", post({})), [
    "/field/households/h12/visit",
    "false",
    null,
  ]);
});

test("a redirected link pushes its target to the history; on Back the target replaces the entry", async () => {
  const phone = await readyPhone();
  assert.deepEqual(await addressesAfter(phone, "/field/first-download"), ["/field/", "/field/", null]);
  const back = { headers: { "HX-History-Restore-Request": "true" } };
  assert.deepEqual(await addressesAfter(phone, "/field/first-download", back), ["/field/", null, "/field/"]);
  assert.deepEqual(await addressesAfter(phone, "/field/log"), ["/field/log", null, null]);
});

test("the answer to a request that a later one has replaced is not shown", async (t) => {
  const page = new EventTarget();
  page.getElementById = () => ({ dataset: { account: "lan" } });
  globalThis.document = page;
  globalThis.location = new URL("http://phone/field/households");
  t.after(() => {
    delete globalThis.document;
    delete globalThis.location;
  });
  const held = Promise.withResolvers();
  const handle = async ({ url }) => {
    if (url.endsWith("?q=n")) await held.promise;
    return new Response(url);
  };
  interceptRequests(handle, async () => {});
  const send = (action, signal) => {
    const ctx = { request: { action } };
    page.dispatchEvent(new CustomEvent("htmx:before:request", { detail: { ctx } }));
    return ctx.fetch(action, { method: "GET", headers: {}, signal });
  };
  const replaced = new AbortController();
  const first = send("/field/households?q=n", replaced.signal);
  replaced.abort();
  const second = await send("/field/households?q=nguyen", new AbortController().signal);
  assert.equal(await second.text(), "http://phone/field/households?q=nguyen");
  const late = new AbortController();
  const slow = send("/field/households?q=n", late.signal);
  late.abort("timeout"); // as htmx does after a minute
  held.resolve();
  await assert.rejects(first, { name: "AbortError" });
  assert.equal(await (await slow).text(), "http://phone/field/households?q=n");
});

test("an error of a page is answered with a page that says that the records are safe", async () => {
  const phone = await readyPhone();
  mock.method(console, "error", () => {});
  Object.defineProperty(phone, "updateReady", {
    get() {
      throw new Error("broken");
    },
  });
  const { status, context } = await phone.get("/field/");
  assert.equal(status, 500);
  assert.match(context.sentences.join(" "), /vẫn còn trên máy/);
  mock.restoreAll();
});

test("a page without access to the database does not claim that the records are there", async ({ mock }) => {
  const phone = await readyPhone();
  mock.method(console, "error", () => {});
  mock.method(IDBDatabase.prototype, "transaction", () => {
    throw new DOMException("no", "SecurityError");
  });
  const { status, context } = await phone.get("/field/");
  assert.equal(status, 500);
  assert.doesNotMatch(context.sentences.join(" "), /vẫn còn trên máy/);
});

test("an unknown address or record is answered with a page that says so", async () => {
  const phone = await readyPhone();
  for (const address of [
    "/field/nowhere",
    "/field/households/none",
    "/field/visits/none/edit",
    "/field/households/h12/visit/x",
  ]) {
    const { status, context } = await phone.get(address);
    assert.deepEqual([status, context.title], [404, "Không tìm thấy trang này"]);
  }
});

test("every link and form of every page has a route", async () => {
  const { render } = await import("../../../static/dist/field/templates.js");
  const phone = await readyPhone();
  putReturnedVisit(phone, "v1", "wrong_household");
  await phone.sync();
  await phone.post("/field/households/h12/visit", visitFields());
  phone.render = render;
  phone.renderLater = (await import("../../../static/dist/field/laterTemplates.js")).render;
  phone.updateReady = true;
  const visited = new Set();
  const open = ["/field/", "/field/sign-in"];
  while (open.length) {
    const address = open.pop();
    if (visited.has(address) || visited.size > 150) continue;
    visited.add(address);
    const { html } = await phone.get(address);
    for (const [, href] of html.matchAll(/href="(\/[^"]*)"/g)) open.push(href.replaceAll("&amp;", "&"));
    for (const [, action] of html.matchAll(/method="post" action="([^"]*)"/g)) {
      assert.ok(routeOf("POST", action.split("?")[0]), `no route for the form ${action} on ${address}`);
    }
    if (address.startsWith("/field/")) assert.ok(routeOf("GET", new URL(address, "http://phone").pathname), address);
  }
  assert.ok(visited.size > 30);
});

test("dates are in Vietnam's time zone, and numbers are written as in Vietnam", () => {
  assert.equal(dateText("2026-11-23T17:00:00Z"), "24/11/2026");
  assert.equal(timeText("2026-11-23T17:05:00Z"), "00:05");
  assert.equal(momentText("2026-11-23T09:40:00Z"), "16:40, 23/11/2026");
  assert.equal(dayAfter("2026-12-31", 1), "2027-01-01");
  assert.deepEqual(["2026-02-29", "2028-02-29", "2026-1-1", "nay"].map(isDay), [false, true, false, false]);
  assert.deepEqual([0, 999, 1234.5, 1234567].map(numberText), ["0", "999", "1.234,5", "1.234.567"]);
});
