// Consent on the three sites: the policy's panel and the banner agree, in both languages, and a site that asks for nothing has none of it.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner, dialog, kept, openChoices, press, reloads, status } from "../support/choices.js";
import { copySite, example, run, serve } from "../support/site.js";
import { allPages } from "../support/map.js";

const panel = (page) => page.locator("#plainsite-panel");

test("the panel in the policy", async (t) => {
  const { server, visit } = await openChoices(t);
  const at = async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/cookies/"));
    await banner(page).waitFor();
    return page;
  };
  const ticked = (within) => within.locator("input[name]").evaluateAll((boxes) => boxes.filter((box) => box.checked).map((box) => box.name));

  // Promises: cresco/banner-manages-choices
  await t.test("saves a choice by service, and shows it afterwards like the dialog", async (t) => {
    const page = await at(t);
    assert.match(await panel(page).locator("[data-consent-status]").innerText(), /until you agree/);
    await panel(page).locator("input[name=heat]").check();
    const whole = panel(page).getByRole("checkbox", { name: "Audience measurement" });
    assert.deepEqual(await whole.evaluate((box) => [box.checked, box.indeterminate]), [false, true]);
    await reloads(page, () => press(panel(page), "save"));
    assert.equal(await banner(page).count(), 0);
    assert.deepEqual(await ticked(panel(page)), ["heat"]);
    assert.deepEqual(await whole.evaluate((box) => [box.checked, box.indeterminate]), [false, true]);
    assert.equal(await panel(page).locator("[data-consent-status]").innerText(), "Your choice is kept.");
    await page.locator("[data-consent-choices]").click();
    assert.deepEqual(await ticked(dialog(page)), ["heat"]);
  });

  await t.test("accepts and refuses all, and shows at once what the banner decided", async (t) => {
    const page = await at(t);
    await reloads(page, () => press(panel(page), "accept"));
    assert.equal((await ticked(panel(page))).length, 5);
    await reloads(page, () => press(panel(page), "refuse"));
    assert.deepEqual(await ticked(panel(page)), []);
    assert.equal(await status(page), "decided");
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.goto(server.at("/cookies/"));
    await panel(page).locator("input[name=film]").check();
    await press(banner(page), "refuse");
    await banner(page).waitFor({ state: "detached" });
    assert.deepEqual(await ticked(panel(page)), []);
    assert.equal(await panel(page).locator("[data-consent-status]").innerText(), "Your choice is kept.");
  });
});

for (const [name, from] of [["CRESCO", undefined], ["Cluently", example("cluently")]]) {
  // Promises: cresco/banner-on-every-page, cresco/consent-by-banner, cluently/analytics-after-consent
  test(`${name} asks in both languages, on every page`, async (t) => {
    const server = await serve(t, await copySite(t, from));
    const browser = await openBrowser(t);
    const WORDS = {
      en: { refuse: "Refuse all", accept: "Accept all", choose: "Choose…", title: "Your choice", close: "Close", save: "Save", decided: "Your choice is kept.", link: "Cookie choices" },
      fr: { refuse: "Tout refuser", accept: "Tout accepter", choose: "Choisir…", title: "Votre choix", close: "Fermer", save: "Enregistrer", decided: "Votre choix est retenu.", link: "Choix de cookies" },
    };
    const pages = await allPages(server);
    for (const [lang, words] of Object.entries(WORDS)) {
      await t.test(lang, async (t) => {
        const page = await openPage(t, browser);
        for (const { path } of pages.filter((page) => page.lang === lang)) {
          await page.goto(server.at(path));
          await banner(page).waitFor();
          assert.deepEqual(await banner(page).getByRole("button").allInnerTexts(), [words.refuse, words.accept, words.choose], path);
          assert.equal(await page.getByRole("region", { name: words.title }).count(), 1, path);
          assert.equal(await page.getByRole("link", { name: words.link }).count(), 1, path);
        }
        await press(banner(page), "choose");
        assert.deepEqual(await dialog(page).locator(".consent-buttons").getByRole("button").allInnerTexts(), [words.refuse, words.accept, words.save, words.close]);
        await press(dialog(page), "refuse");
        await banner(page).waitFor({ state: "detached" });
        assert.equal(await page.locator(".site-footer [data-consent-status]").innerText(), words.decided);
        assert.ok(await kept(page));
      });
    }
  });
}

// Promises: qualify-crm/only-necessary-cookies, qualify-crm/no-consent-needed, qualify-crm/no-banner
test("Qualify asks for nothing, and has not a byte of it", async (t) => {
  const site = await copySite(t, example("qualify-crm"));
  await run(site, ["build"]);
  const files = (await readdir(site.path("public"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(files.length > 10);
  assert.deepEqual(files.map(({ name }) => name).filter((name) => /consent/.test(name)), []);
  for (const { parentPath, path, name } of files.filter(({ name }) => /\.(html|css|js|json)$/.test(name))) {
    const text = await readFile(join(parentPath ?? path, name), "utf8");
    assert.doesNotMatch(text, /data-consent|plainsite-consent|data-service|consentchange|trustedTypes|gtag|class="(consent|embed)-|http-equiv/, name);
  }
  const server = await serve(t, site);
  const page = await openPage(t, await openBrowser(t));
  for (const { path } of await allPages(server)) {
    const answer = await page.goto(server.at(path));
    assert.doesNotMatch(JSON.stringify(await answer.allHeaders()), /consent|set-cookie/i, path);
    assert.equal(await page.evaluate(() => typeof globalThis.plainsite), "undefined", path);
    assert.deepEqual(await page.context().cookies(), [], path);
  }
});
