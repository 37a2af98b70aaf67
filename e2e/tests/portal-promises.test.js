// What is promised of a project code: it is in this tab's session storage and nowhere else, and gone when it should be. In a real browser.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner, press } from "../support/choices.js";
import { CODE, openPortal, openProject, Portal } from "../support/portal.js";
import { copySite, serve } from "../support/site.js";
import { openTabs } from "../support/tabs.js";

/** The part of the code that nothing else on the page has. */
const SECRET = /8k2p/i;
const KEYS = ["plainsite-portal-code", "plainsite-portal-token"];
const MINUTES = 60_000;

const stored = (page) => page.evaluate(() => Object.keys(sessionStorage).toSorted());
const isOpen = (page) => page.locator("#portal-name").waitFor();
const says = (page, pattern) => page.waitForFunction((text) => new RegExp(text).test(document.querySelector(".portal-status")?.textContent ?? ""), pattern.source);

test("the promises of the portal", async (t) => {
  const site = await copySite(t);
  const server = await serve(t, site);
  const { origin } = new URL(server.url);
  const browser = await openBrowser(t);

  /** A page, and every request that it makes. */
  const watched = async (t) => {
    const page = await openPage(t, browser);
    const requests = [];
    page.on("request", (request) => requests.push(request));
    return { page, requests };
  };

  for (const [how, address] of Object.entries({ "a fragment": `#${CODE}`, "another one": "#cm8k2p7xn4", "a broken one": "#CM-8K2P", "a query": `?code=${CODE}&from=mail` })) {
    // Promises: cresco/code-out-of-url, cresco/code-sent-once, cresco/code-in-no-history-or-log
    await t.test(`a code in ${how} leaves the address before anything else sees it`, async (t) => {
      const { page, requests } = await watched(t);
      const api = await new Portal().attach(page);
      await page.addInitScript(() => {
        globalThis.seen = [];
        const look = (when) => globalThis.seen.push([when, location.href, document.URL]);
        // Whenever another script is about to run or something is about to be sent, the address is looked at.
        new MutationObserver((changes) => {
          for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) if (node.localName === "script" && !/arrive/.test(node.src)) look(node.src);
        }).observe(document, { childList: true, subtree: true });
        const { fetch } = globalThis;
        globalThis.fetch = (...all) => (look(all[0]), fetch(...all));
        addEventListener("load", () => look("load"));
      });
      await page.goto(server.at(`/portal/${address}`));
      if (how === "a broken one") await page.locator("#portal-code-fault:not([hidden])").waitFor();
      else await isOpen(page);
      const seen = await page.evaluate(() => globalThis.seen);
      assert.ok(seen.length >= 4, "scripts and requests were looked at");
      for (const [when, ...addresses] of seen) assert.doesNotMatch(addresses.join(), SECRET, when);
      assert.equal(page.url(), server.at(how === "a query" ? "/portal/?from=mail" : "/portal/"));
      // The page's own address is what was opened; of all that follows, one validation holds the code.
      const [first, ...others] = requests;
      assert.equal(first.isNavigationRequest(), true);
      assert.deepEqual(others.filter((request) => SECRET.test(request.url())).map((request) => request.url()), []);
      const sent = others.filter((request) => SECRET.test(request.postData() ?? ""));
      assert.deepEqual(sent.map((request) => new URL(request.url()).pathname), how === "a broken one" ? [] : ["/api/portal/validate"]);
      // What a script or a style sheet brings in names that file as its referrer, never the page.
      for (const request of others) assert.match((await request.allHeaders()).referer ?? "", /^$|\/assets\//, request.url());
      assert.equal(api.count("validate"), sent.length);
      const { entries } = await (await page.context().newCDPSession(page)).send("Page.getNavigationHistory");
      assert.ok(entries.length > 0);
      for (const { url, title } of entries) assert.doesNotMatch(url + title, SECRET);
      assert.doesNotMatch(JSON.stringify(await page.evaluate(() => history.state)), SECRET);
    });
  }

  await t.test("an anchor of the page is no code", async (t) => {
    const page = await openPage(t, browser);
    const { api } = await openPortal(page, server, "/portal/#how-the-project-code-works");
    assert.equal(page.url(), server.at("/portal/#how-the-project-code-works"));
    assert.deepEqual([api.requests, await stored(page)], [[], []]);
  });

  // Promises: cresco/code-out-of-url
  await t.test("a link pasted into the address bar of the open page is cleaned too", async (t) => {
    const page = await openPage(t, browser);
    await openPortal(page, server);
    await page.evaluate((code) => (location.hash = code), CODE);
    await isOpen(page);
    assert.equal(page.url(), server.at("/portal/"));
    await page.goBack();
    assert.doesNotMatch(page.url(), SECRET);
  });

  // Promises: cresco/code-in-session-storage, cresco/code-sent-once, cresco/code-in-no-history-or-log
  await t.test("the code is in the session storage of the tab, and in no other place", async (t) => {
    const { page, requests } = await watched(t);
    const { api } = await openProject(page, server);
    await page.getByRole("button", { name: "Refresh" }).click();
    await says(page, /Refreshed/);
    assert.deepEqual(await stored(page), KEYS);
    assert.equal(await page.evaluate(() => sessionStorage.getItem("plainsite-portal-code")), CODE);
    const { token, ...rest } = await page.evaluate(() => JSON.parse(sessionStorage.getItem("plainsite-portal-token")));
    assert.deepEqual(Object.keys(rest).toSorted(), ["seen", "tab", "until"]);
    assert.ok(token);
    const elsewhere = await page.evaluate(async () => [{ ...localStorage }, document.cookie, await indexedDB.databases(), await caches.keys(), history.state, document.title]);
    assert.deepEqual(elsewhere.slice(0, 5), [{}, "", [], [], null]);
    assert.doesNotMatch(elsewhere[5], SECRET);
    assert.deepEqual(await page.context().cookies(), []);
    // It was sent once, by the validation; to this origin only, with no cookie and no referrer.
    assert.equal(requests.filter((request) => SECRET.test((request.postData() ?? "") + request.url())).length, 1);
    assert.deepEqual([...new Set(requests.map((request) => new URL(request.url()).origin))], [origin]);
    for (const { headers } of api.requests) assert.deepEqual([headers.cookie, headers.referer], [undefined, undefined]);
    assert.doesNotMatch(server.said.join("\n"), SECRET);
  });

  await t.test("a choice of cookies, which loads the page again, keeps no code that was typed", async (t) => {
    const page = await openPage(t, browser);
    const { input } = await openPortal(page, server);
    await input.fill("CM-8K2P");
    const again = page.waitForEvent("load");
    await press(banner(page), "accept");
    await again;
    assert.doesNotMatch(JSON.stringify(await page.evaluate(() => history.state)) + (await page.locator("#portal-code").inputValue()), SECRET);
  });

  // Promises: cresco/https-only
  await t.test("nothing optional runs in the portal, whatever was agreed to", async (t) => {
    const { page, requests } = await watched(t);
    const errors = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(server.url);
    const counted = page.waitForRequest(/\/_vercel\/insights\//);
    await press(banner(page), "accept");
    await counted;
    // What that page still sends or says comes before anything of the portal's.
    await page.goto("about:blank");
    requests.length = 0;
    errors.length = 0;
    await openProject(page, server);
    assert.deepEqual(requests.filter((request) => /insights/.test(request.url())).map((request) => request.url()), []);
    assert.deepEqual(errors, []);
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    assert.match(cookie, /plainsite-consent=analytics/);
    for (const path of ["/portal/", "/fr/portail/"]) {
      const { headers } = await fetch(server.at(path), { headers: { cookie } });
      assert.doesNotMatch(headers.get("content-security-policy"), /insights/);
      assert.match(headers.get("content-security-policy"), /require-trusted-types-for 'script'/);
      assert.deepEqual([headers.get("referrer-policy"), headers.get("cache-control")], ["no-referrer", "no-store"]);
      assert.match(headers.get("strict-transport-security"), /max-age=\d{8}/);
    }
    const { headers } = await fetch(server.at("/contact/"), { headers: { cookie } });
    assert.match(headers.get("content-security-policy"), /insights/, "elsewhere, what was agreed to is allowed");
  });

  await t.test("a script that somebody put into the page reaches nobody", async (t) => {
    const page = await openPage(t, browser);
    await openProject(page, server);
    const breaches = await page.evaluate(async () => {
      const told = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => told.push(effectiveDirective));
      const results = await Promise.allSettled([fetch("https://evil.example/"), fetch("http://127.0.0.1:9/")]);
      new Image().src = "https://evil.example/x.png";
      await new Promise((done) => addEventListener("securitypolicyviolation", ({ effectiveDirective }) => effectiveDirective === "img-src" && done()));
      return [told.toSorted(), results.map(({ status }) => status)];
    });
    assert.deepEqual(breaches, [["connect-src", "connect-src", "img-src"], ["rejected", "rejected"]]);
  });

  await t.test("leaving clears the tab and the page in one press", async (t) => {
    const page = await openPage(t, browser);
    const { api } = await openProject(page, server);
    await page.getByRole("button", { name: "Leave the portal" }).click();
    await says(page, /You have left/);
    assert.deepEqual(await stored(page), []);
    assert.equal(await page.locator(".portal-project").innerHTML(), "");
    assert.deepEqual(await page.evaluate(() => [document.activeElement.id, document.activeElement.value]), ["portal-code", ""]);
    await page.reload();
    await page.locator(".portal-entry").waitFor();
    assert.equal(api.requests.length, 2);
  });

  // Promises: cresco/code-sent-once
  await t.test("a page that is loaded again goes on by its token; the code is not sent again", async (t) => {
    const page = await openPage(t, browser);
    const { api } = await openProject(page, server);
    for (let times = 0; times < 2; times += 1) {
      await page.reload();
      await isOpen(page);
    }
    assert.deepEqual([api.count("validate"), api.count("refresh")], [1, 2]);
    api.next = [{ status: 503, type: "unavailable" }];
    await page.reload();
    await page.locator(".portal-status").getByRole("button", { name: "Try again" }).click();
    await isOpen(page);
    assert.equal(api.count("validate"), 1);
  });

  await t.test("a code that was revoked, or a stay that is over, ends here: the page never sends the code by itself", async (t) => {
    const page = await openPage(t, browser);
    const { api, input } = await openProject(page, server);
    const view = api.views.get(CODE);
    api.views.delete(CODE);
    await page.getByRole("button", { name: "Refresh" }).click();
    await says(page, /Your visit has ended/);
    assert.deepEqual([await stored(page), await input.inputValue(), api.count("validate")], [[], CODE, 1]);
    await page.reload();
    await page.locator(".portal-entry").waitFor();
    assert.equal(api.count("validate"), 1);
    api.views.set(CODE, view);
    await input.fill(CODE);
    await input.press("Enter");
    await isOpen(page);
  });

  // Promises: cresco/sessions-end
  await t.test("a page that stays open for 12 hours closes by itself", async (t) => {
    const page = await openPage(t, browser);
    await page.clock.install();
    const { api } = await openProject(page, server);
    await page.clock.fastForward(11 * 60 * MINUTES);
    assert.ok(await page.locator("#portal-name").isVisible());
    await page.clock.fastForward(61 * MINUTES);
    await page.clock.runFor(MINUTES);
    await says(page, /Your visit has ended/);
    assert.deepEqual([await stored(page), api.requests.length], [[], 2]);
  });

  await t.test("what was last looked at more than 15 minutes ago is not taken up again", async (t) => {
    for (const [minutes, opens] of [[14, true], [16, false], [-5, true]]) {
      const page = await openPage(t, browser);
      const { api } = await openProject(page, server);
      await page.goto(server.at("/contact/"));
      await page.evaluate((by) => {
        const { seen, ...stay } = JSON.parse(sessionStorage.getItem("plainsite-portal-token"));
        sessionStorage.setItem("plainsite-portal-token", JSON.stringify({ ...stay, seen: seen - by }));
      }, minutes * MINUTES);
      await page.goto(server.at("/portal/"));
      if (opens) await isOpen(page);
      else {
        await says(page, /more than 15 minutes/);
        assert.deepEqual([await stored(page), api.count("refresh")], [[], 0]);
      }
    }
  });

  await t.test("a window that the page opens takes nothing over", async (t) => {
    const page = await openPage(t, browser);
    await new Portal().attach(page.context());
    await page.goto(server.at("/portal/"));
    await page.locator("#portal-code").fill(CODE);
    await page.keyboard.press("Enter");
    await isOpen(page);
    const [copy] = await Promise.all([page.context().waitForEvent("page"), page.evaluate(() => void globalThis.open(location.href))]);
    await says(copy, /This tab is a copy/);
    assert.deepEqual([await stored(copy), await stored(page)], [[], KEYS]);
    assert.ok(await page.locator("#portal-name").isVisible());
  });
});

test("the promises of the portal, by a browser's own menus", async (t) => {
  const server = await serve(t, await copySite(t));
  const { context, duplicate, restore, visited } = await openTabs(t);
  const api = await new Portal().attach(context);
  const [page] = [await context.newPage()];
  await page.goto(server.at("/portal/"));
  await page.locator("#portal-code").fill(CODE);
  await page.keyboard.press("Enter");
  await isOpen(page);

  // Promises: cresco/code-out-of-url, cresco/code-in-no-history-or-log
  await t.test("a typed code is in no list of visited pages", async () => {
    const pages = await visited();
    assert.ok(pages.includes(page.url()), pages.join());
    assert.doesNotMatch(pages.join(), SECRET);
  });

  await t.test("a duplicated tab takes nothing over", async () => {
    const copy = await duplicate(page.url());
    await says(copy, /This tab is a copy/);
    assert.deepEqual([await stored(copy), await stored(page), api.count("refresh")], [[], KEYS, 0]);
    await page.getByRole("button", { name: "Refresh" }).click();
    await says(page, /Refreshed/);
    await copy.close();
  });

  // Promises: cresco/code-goes-with-tab, cresco/keep-portal-session, cresco/sessions-end
  await t.test("a closed tab leaves nothing to others; opened again right away, it goes on", async () => {
    await page.close();
    const other = await context.newPage();
    await other.goto(server.at("/portal/"));
    await other.locator(".portal-entry").waitFor();
    assert.deepEqual(await stored(other), []);
    await other.goto("about:blank");
    const again = await restore();
    await isOpen(again);
    assert.deepEqual([await stored(again), api.count("validate")], [KEYS, 1]);
    // Left for longer, it is empty when it comes back.
    await again.evaluate(() => {
      const { seen, ...stay } = JSON.parse(sessionStorage.getItem("plainsite-portal-token"));
      const note = sessionStorage.setItem.bind(sessionStorage, "plainsite-portal-token", JSON.stringify({ ...stay, seen: seen - 16 * 60_000 }));
      // Behind the page's own notes, the last of which comes with the tab's end.
      addEventListener("pagehide", note);
      document.addEventListener("visibilitychange", note);
    });
    await again.close();
    const late = await restore();
    await says(late, /more than 15 minutes/);
    assert.deepEqual(await stored(late), []);
  });
});
