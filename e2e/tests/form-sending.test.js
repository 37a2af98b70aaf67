// What a form does with its script: it judges, keeps a draft, proves work, sends once, and sends again until it is acknowledged.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { Api, fillIn, TYPED } from "../support/forms.js";
import { copySite, serve } from "../support/site.js";

const DRAFT = "plainsite-draft-contact";
const draft = (page) => page.evaluate((key) => JSON.parse(sessionStorage.getItem(key)), DRAFT);

test("sending", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);

  const open = async (t, path = "/contact/") => {
    const page = await openPage(t, browser, { locale: "en-GB" });
    const api = await new Api().attach(page);
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => /Content.Security|Trusted/i.test(message.text()) && errors.push(message.text()));
    await page.goto(server.at(path));
    return { page, api, errors, button: page.getByRole("form").getByRole("button") };
  };

  await t.test("one submission with its token, proof and key; then the draft is gone and the reference is shown", async (t) => {
    const { page, api, errors, button } = await open(t, "/contact/?utm_source=test");
    assert.equal(api.challenges, 0, "nothing is asked for before somebody begins");
    await fillIn(page);
    assert.equal((await draft(page)).values.message, TYPED.message);
    await button.click();
    await page.waitForURL(/\/contact\/thanks\/#ref=/);
    const [[key, id]] = api.leads;
    assert.equal(await page.locator("[data-form-reference] code").innerText(), id);
    assert.equal(await draft(page), null);
    const { _token, _proof, _key, _language, _zone, _page, _referrer, ...typed } = JSON.parse(api.posts[0].body);
    assert.deepEqual(typed, TYPED);
    assert.deepEqual([_key, _language, _page, _referrer], [key, "en", server.at("/contact/?utm_source=test"), ""]);
    assert.deepEqual([api.posts.length, api.challenges, errors], [1, 1, []]);
  });

  await t.test("two clicks are one submission", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page);
    await button.dblclick();
    await page.waitForURL(/thanks/);
    assert.equal(api.posts.length, 1);
  });

  await t.test("faults are told after a field is left, and go as they are mended", async (t) => {
    const { page } = await open(t);
    const email = page.locator("[name=email]");
    const fault = page.locator("#contact-email-fault");
    await email.focus();
    await page.keyboard.press("Tab");
    assert.equal(await fault.isVisible(), false, "who only passes by is told nothing");
    await email.fill("ada@");
    await page.locator("[name=agency]").focus();
    assert.match(await fault.innerText(), /not an e-mail address/);
    assert.equal(await email.getAttribute("aria-invalid"), "true");
    await email.fill("ada@example.com");
    assert.equal(await fault.isVisible(), false);
    assert.equal(await email.getAttribute("aria-invalid"), null);
  });

  await t.test("a number as it is written at home gets the code of the chosen country", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page, { ...TYPED, phone: "06 12 34 56 78" });
    const code = page.getByLabel("Country code", { exact: true });
    assert.equal(await code.inputValue(), "GB");
    await code.selectOption("FR");
    await button.click();
    await page.waitForURL(/thanks/);
    assert.equal(JSON.parse(api.posts[0].body).phone, "+33 6 12 34 56 78");
  });

  await t.test("what was typed is there again after a reload, with its key", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page);
    const { key } = await draft(page);
    await page.reload();
    assert.match(await page.locator(".form-status").innerText(), /what you had typed/);
    for (const [name, value] of Object.entries(TYPED)) assert.equal(await page.locator(`[name=${name}]`).inputValue(), value, name);
    await button.click();
    await page.waitForURL(/thanks/);
    assert.ok(api.leads.has(key));
  });

  await t.test("a server that is down, then broken: the same submission is sent again until it is acknowledged", async (t) => {
    const { page, api, button } = await open(t);
    await page.clock.install();
    await fillIn(page);
    api.next = ["down", { status: 503, type: "unavailable" }, { status: 409, type: "in-flight" }];
    await button.click();
    const status = page.locator(".form-status");
    await page.waitForFunction(() => /Nothing you typed is lost/.test(document.querySelector(".form-status").textContent));
    assert.equal(await status.getByRole("link").getAttribute("href"), "mailto:contact@crescosystem.com");
    assert.ok(await draft(page));
    while (!/thanks/.test(page.url())) await page.clock.runFor(1000);
    assert.equal(new Set(api.posts.map(({ headers }) => headers["idempotency-key"])).size, 1);
    assert.deepEqual([api.posts.length, api.leads.size], [4, 1]);
  });

  await t.test("offline says so and keeps the draft; online sends it", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page);
    await page.context().setOffline(true);
    api.next = ["down"];
    await button.click();
    await page.waitForFunction(() => /You are offline/.test(document.querySelector(".form-status").textContent));
    assert.ok(await draft(page));
    assert.equal(api.leads.size, 0);
    await page.context().setOffline(false);
    await page.waitForURL(/thanks/);
    assert.equal(api.leads.size, 1);
  });

  await t.test("the server's faults are told at their fields", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page);
    const errors = [{ field: "email", fault: "not-an-email", message: "The server says no." }, { field: "", fault: "too-many-fields", message: "Too much." }];
    api.next = [{ status: 422, type: "invalid", errors }];
    await button.click();
    await page.locator(".form-summary:focus").waitFor();
    assert.equal(await page.locator("#contact-email-fault").innerText(), "The server says no.");
    assert.match(await page.locator(".form-summary").innerText(), /Too much\./);
    await page.locator(".form-summary").getByRole("link").click();
    assert.equal(await page.evaluate(() => document.activeElement.name), "email");
    await button.click();
    await page.waitForURL(/thanks/);
  });

  await t.test("a refused token is fetched anew, a form too young is sent again, a used key is replaced", async (t) => {
    const { page, api, button } = await open(t);
    await page.clock.install();
    await fillIn(page);
    api.next = [{ status: 403, type: "token" }, { status: 425, type: "too-early" }, { status: 422, type: "key-reused" }];
    await button.click();
    while (!/thanks/.test(page.url())) await page.clock.runFor(1000);
    const keys = api.posts.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(new Set(keys.slice(0, 3)).size, 1);
    assert.notEqual(keys[3], keys[2]);
    assert.deepEqual([api.posts.length, api.challenges], [4, 2]);
  });

  await t.test("a refusal for good offers the e-mail address and keeps what was typed", async (t) => {
    const { page, api, button } = await open(t);
    await fillIn(page);
    api.next = [{ status: 413, type: "too-large" }];
    await button.click();
    await page.locator(".form-status a").waitFor();
    assert.ok(await draft(page));
    assert.equal(api.posts.length, 1);
  });
});
