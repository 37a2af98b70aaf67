// Every page of the CRESCO site, in both languages, on a telephone and on a desk, light and dark.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner, press } from "../support/choices.js";
import { allFaults, cutText, listen, overflow } from "../support/faults.js";
import { allPages } from "../support/map.js";
import { copySite, serve } from "../support/site.js";

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };

test("every page", async (t) => {
  const server = await serve(t, await copySite(t));
  const origin = new URL(server.url).origin;
  const pages = await allPages(server);
  assert.ok(pages.length >= 22, `the sitemap lists only ${pages.length} pages`);
  const browser = await openBrowser(t);

  for (const [width, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      await t.test(`is without fault at ${width} px, ${colorScheme}`, async (t) => {
        const page = await openPage(t, browser, { viewport, colorScheme });
        const ears = await listen(page, origin);
        const faults = {};
        for (const { path, lang, status } of pages) {
          const response = await page.goto(server.at(path), { waitUntil: "load" });
          const found = [
            ...(response.status() === status ? [] : [`status ${response.status()}, not ${status}`]),
            ...(await allFaults(page, { lang: lang ?? "en" })),
            ...ears.take(),
          ];
          if (found.length > 0) faults[path] = found;
          await ears.leave();
        }
        assert.deepEqual(faults, {});
      });
    }
  }

  await t.test("fits at 320 px", async (t) => {
    const page = await openPage(t, browser, { viewport: { width: 320, height: 640 } });
    const faults = {};
    for (const { path } of pages) {
      await page.goto(server.at(path));
      const found = [...(await overflow(page)), ...(await cutText(page))];
      if (found.length > 0) faults[path] = found;
    }
    assert.deepEqual(faults, {});
  });

  await t.test("fits with text at twice its size", async (t) => {
    // As a reader sets it in the browser, so that widths in rem in media queries count with it.
    const large = await openBrowser(t, ["--blink-settings=defaultFontSize=32"]);
    const faults = {};
    for (const width of [640, 1280]) {
      const page = await openPage(t, large, { viewport: { width, height: 800 } });
      for (const { path } of pages) {
        await page.goto(server.at(path));
        assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), "32px");
        const found = [...(await overflow(page)), ...(await cutText(page))];
        if (found.length > 0) faults[`${path} at ${width}`] = found;
      }
    }
    assert.deepEqual(faults, {});
  });

  await t.test("names itself and its translations alike", async (t) => {
    const page = await openPage(t, browser);
    const known = new Map();
    for (const { path, permalink, lang } of pages) {
      await page.goto(server.at(path), { waitUntil: "domcontentloaded" });
      const links = await page.evaluate(() => ({
        canonical: [...document.querySelectorAll('link[rel="canonical"]')].map((link) => link.href),
        alternates: [...document.querySelectorAll('link[rel="alternate"][hreflang]')].map((link) => [link.hreflang, link.href]).sort(),
      }));
      assert.deepEqual(links.canonical, permalink ? [permalink] : [], path);
      if (permalink) known.set(permalink, { lang, alternates: links.alternates });
    }
    for (const [permalink, { lang, alternates }] of known) {
      assert.deepEqual(alternates.map(([code]) => code), ["en", "fr", "x-default"], permalink);
      const byLang = Object.fromEntries(alternates);
      assert.equal(byLang[lang], permalink);
      assert.equal(byLang["x-default"], byLang.en);
      for (const [code, address] of alternates) {
        const other = known.get(address);
        assert.ok(other, `${permalink} names ${address}, which the sitemap does not list`);
        if (code !== "x-default") assert.equal(other.lang, code);
        assert.deepEqual(other.alternates, alternates, `${address} answers ${permalink}`);
      }
    }
  });

  await t.test("has no other page's title or description", async (t) => {
    const page = await openPage(t, browser, { javaScriptEnabled: false });
    const seen = new Map();
    for (const { path, status } of pages) {
      if (status !== 200) continue;
      await page.goto(server.at(path), { waitUntil: "domcontentloaded" });
      const lang = await page.locator("html").getAttribute("lang");
      for (const text of [await page.title(), await page.locator('meta[name="description"]').getAttribute("content")]) {
        const key = `${lang}: ${text}`;
        assert.equal(seen.get(key), undefined, `${path} and ${seen.get(key)} both say ${text}`);
        seen.set(key, path);
      }
    }
  });

  await t.test("reads the same without JavaScript, and its links work", async (t) => {
    const [plain, scripted] = await Promise.all([openPage(t, browser, { javaScriptEnabled: false }), openPage(t, browser)]);
    await scripted.goto(server.url);
    await press(banner(scripted), "refuse");
    const links = new Map();
    for (const { path, status } of pages) {
      const texts = await Promise.all(
        [plain, scripted].map(async (page) => {
          await page.goto(server.at(path), { waitUntil: "load" });
          // What tells of a choice, or takes one, is there with a script only; so is help with numbers and times in a form, and the portal.
          const helps = "[data-consent-status], .consent-panel, [data-code-of], [data-zone], .client-portal";
          await page.evaluate((helps) => document.querySelectorAll(helps).forEach((element) => element.remove()), helps);
          return page.locator("body").innerText();
        }),
      );
      assert.equal(texts[0], texts[1], path);
      assert.ok(texts[0].length > 100, `${path} says next to nothing: ${texts[0]}`);
      for (const href of await plain.locator("a[href]").evaluateAll((all) => all.map((a) => a.href))) {
        const within = new URL(href).pathname === path;
        if (new URL(href).origin === origin && !(within && status !== 200)) links.set(href, path);
      }
    }
    for (const [href, from] of links) {
      const response = await fetch(href, { redirect: "manual" });
      const html = await response.text();
      assert.equal(response.status, 200, `${from} links to ${href}`);
      const { hash } = new URL(href);
      if (hash) assert.ok(html.includes(`id="${decodeURIComponent(hash.slice(1))}"`), `${from} links to ${href}, where nothing has that id`);
    }
    for (const nav of ["Main menu", "Footer menu", "Languages"]) {
      await plain.goto(server.url);
      const hrefs = await plain.getByRole("navigation", { name: nav }).getByRole("link").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
      assert.ok(hrefs.length >= 2, nav);
      for (const href of hrefs) {
        await plain.goto(server.url);
        await plain.getByRole("navigation", { name: nav }).locator(`a[href="${href}"]`).click();
        await plain.waitForURL(server.at(href));
        await plain.locator("h1").waitFor();
      }
    }
  });
});
