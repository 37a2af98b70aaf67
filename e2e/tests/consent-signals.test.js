// What browsers say or leave out: Global Privacy Control, no storage, interfaces that only some have.

import assert from "node:assert/strict";
import test from "node:test";

import { openProfile } from "../support/browser.js";
import { allowed, banner, dialog, kept, openChoices, press, ran, reloads, SERVICES, status } from "../support/choices.js";

const ALL = Object.keys(SERVICES);
const HONOURED = /Global Privacy Control was honoured/;
const NO_COOKIES = /keeps no cookies/;

const says = (page) => page.locator(".site-footer [data-consent-status]").innerText();
const signal = (context) => context.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { value: true, configurable: true }));
/** What went wrong in a page's scripts. */
const errors = (page) => {
  const heard = [];
  page.on("pageerror", (error) => heard.push(error.message));
  return heard;
};

test("Global Privacy Control", async (t) => {
  const { server, vendors, visit } = await openChoices(t);

  await t.test("is a refusal: no banner, nothing runs, and the page says so", async (t) => {
    const page = await visit(t);
    await signal(page.context());
    for (const path of ["/", "/ungated/", "/film/", "/cookies/"]) {
      await page.goto(server.at(path));
      assert.equal(await status(page), "gpc");
      assert.match(await says(page), HONOURED);
      assert.equal(await banner(page).count(), 0);
      assert.deepEqual([await ran(page), await allowed(page)], [[], []]);
    }
    assert.match(await page.locator("#plainsite-panel [data-consent-status]").innerText(), HONOURED);
    assert.deepEqual(await vendors.addresses(page.context()), []);
    assert.equal(await kept(page), undefined);
  });

  await t.test("ends an acceptance that was made without it, and what that left", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => press(banner(page), "accept"));
    await page.evaluate(() => localStorage.setItem("heat", "1"));
    await signal(page.context());
    await vendors.take(page.context());
    await page.goto(server.at("/ungated/"));
    assert.deepEqual([await status(page), await allowed(page), await ran(page)], ["gpc", [], []]);
    assert.match(await says(page), HONOURED);
    assert.equal(await page.evaluate(() => localStorage.getItem("heat")), null);
    assert.equal(await page.getByRole("button", { name: "Withdraw my consent" }).count(), 0);
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });

  await t.test("does not stand against a choice made under it", async (t) => {
    const page = await visit(t);
    await signal(page.context());
    await page.goto(server.at("/"));
    await page.locator("[data-consent-choices]").click();
    await dialog(page).waitFor();
    assert.equal(await dialog(page).getByRole("checkbox", { checked: true }).count(), 0);
    await dialog(page).locator("input[name=heat]").check();
    await reloads(page, () => press(dialog(page), "save"));
    await page.goto(server.at("/short/"));
    assert.deepEqual([await status(page), await allowed(page), await ran(page)], ["decided", ["heat"], ["heat"]]);
    await reloads(page, () => page.getByRole("button", { name: "Withdraw my consent" }).click());
    assert.deepEqual([await status(page), await allowed(page), await ran(page)], ["decided", [], []]);
  });

  await t.test("allows an embed when it is asked for", async (t) => {
    const page = await visit(t);
    await signal(page.context());
    await page.goto(server.at("/film/"));
    await vendors.take(page.context());
    await reloads(page, () => press(page.locator("figure"), "once"));
    assert.deepEqual([await status(page), await allowed(page)], ["gpc", ["film"]]);
    assert.deepEqual(await vendors.hosts(page.context()), ["film.example"]);
  });
});

test("a browser that keeps nothing", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  const blocked = async (t) => {
    const page = await visit(t);
    await page.addInitScript(() => {
      Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {} });
      for (const place of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, place, { get: () => { throw new DOMException("no", "SecurityError"); } });
      }
      indexedDB.databases = () => Promise.reject(new DOMException("no", "UnknownError"));
    });
    return page;
  };
  // Chromium's own switch: sites may not keep data.
  const setting = async (t) => {
    const context = await openProfile(t, { profile: { default_content_setting_values: { cookies: 2 } } }, vendors.arguments);
    return context.newPage();
  };

  for (const [how, open] of [
    ["by a script's lights", blocked],
    ["by the browser's own setting", setting],
  ]) {
    await t.test(`is asked, and told, and never loads again by itself, ${how}`, async (t) => {
      const page = await open(t);
      const heard = errors(page);
      let loads = 0;
      page.on("load", () => (loads += 1));
      await page.goto(server.at("/ungated/"));
      if (open === setting) assert.equal(await page.evaluate(() => ((document.cookie = "a=1"), document.cookie)), "", "the setting holds");
      await press(banner(page), "accept");
      await banner(page).waitFor({ state: "detached" });
      assert.match(await says(page), NO_COOKIES);
      assert.deepEqual([await allowed(page), await ran(page)], [[], []]);
      await page.locator("[data-consent-choices]").click();
      await dialog(page).locator("input[name=heat]").check();
      await press(dialog(page), "save");
      await dialog(page).waitFor({ state: "detached" });
      await page.locator("[data-consent-choices]").click();
      await press(dialog(page), "refuse");
      await dialog(page).waitFor({ state: "detached" });
      assert.match(await says(page), NO_COOKIES);
      assert.equal(loads, 1);
      assert.equal(await banner(page).count(), 0);
      await page.goto(server.at("/film/"));
      await banner(page).waitFor();
      await press(page.locator("figure"), "once");
      await page.waitForFunction(() => /keeps no cookies/.test(document.querySelector(".site-footer [data-consent-status]").textContent));
      assert.equal(loads, 2);
      assert.deepEqual(await vendors.addresses(page.context()), []);
      assert.deepEqual(heard, []);
    });
  }
});

test("a browser without interfaces that others have", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  for (const [what, remove] of [
    ["like Firefox: neither Global Privacy Control nor Trusted Types", () => (delete Navigator.prototype.globalPrivacyControl, delete globalThis.trustedTypes)],
    ["no list of databases and no channel between tabs", () => (delete IDBFactory.prototype.databases, delete globalThis.BroadcastChannel)],
  ]) {
    await t.test(what, async (t) => {
      const page = await visit(t);
      const heard = errors(page);
      await page.addInitScript(`(${remove})()`);
      await page.goto(server.at("/"));
      assert.deepEqual(await vendors.addresses(page.context()), []);
      await reloads(page, () => press(banner(page), "accept"));
      assert.deepEqual([await allowed(page), await ran(page)], [ALL, ["counter", "heat", "pixel", "shop"]]);
      await page.evaluate(() => localStorage.setItem("heat", "1"));
      await reloads(page, () => page.getByRole("button", { name: "Withdraw my consent" }).click());
      assert.deepEqual([await allowed(page), await ran(page), await status(page)], [[], [], "decided"]);
      assert.equal(await page.evaluate(() => localStorage.getItem("heat")), null);
      assert.deepEqual(heard, []);
    });
  }
});
