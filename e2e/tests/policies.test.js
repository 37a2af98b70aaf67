// A policy that changed: its published versions, what changed between them, and the announcement.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { allFaults, badPrint, cutText, listen, overflow, unseenFocus } from "../support/faults.js";
import { changedPolicy, DAYS, POLICY, policyPages } from "../support/policies.js";
import { serve } from "../support/site.js";

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };

const ANNOUNCED = { en: "A new version applies from 15 January 2027.", fr: "Une nouvelle version s’applique à partir du 15 janvier 2027." };
const MARKS = { en: { del: ["removed", "2"], ins: ["added", "3"] }, fr: { del: ["supprimé", "2"], ins: ["ajouté", "3"] } };

test("a policy before its new version applies", async (t) => {
  const server = await serve(t, await changedPolicy(t), { day: DAYS.announced });
  const browser = await openBrowser(t);

  for (const [width, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      // Each width and each scheme once: on long pages the way round by Tab takes its time.
      const byKeyboard = (width === "360") === (colorScheme === "light");
      await t.test(`all its pages are without fault${byKeyboard ? " and show their focus" : ""} at ${width} px, ${colorScheme}`, async (t) => {
        const page = await openPage(t, browser, { viewport, colorScheme });
        const ears = await listen(page, new URL(server.url).origin);
        const faults = {};
        for (const lang of ["en", "fr"]) {
          for (const path of policyPages(lang)) {
            const response = await page.goto(server.at(path), { waitUntil: "load" });
            assert.equal(response.status(), 200, path);
            const found = [...(await allFaults(page, { lang })), ...(byKeyboard ? await unseenFocus(page) : []), ...ears.take()];
            if (found.length > 0) faults[path] = found;
            await ears.leave();
          }
        }
        assert.deepEqual(faults, {});
      });
    }
  }

  for (const lang of ["en", "fr"]) {
    await t.test(`it fits at 320 px, and is black on white on paper, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { viewport: { width: 320, height: 640 } });
      const paper = await openPage(t, browser, { viewport: { width: 658, height: 971 }, colorScheme: "dark" });
      await paper.emulateMedia({ media: "print", colorScheme: "dark" });
      for (const path of policyPages(lang)) {
        await page.goto(server.at(path));
        await paper.goto(server.at(path));
        assert.deepEqual([...(await overflow(page)), ...(await cutText(page)), ...(await badPrint(paper)), ...(await overflow(paper))], [], path);
      }
    });

    await t.test(`it announces the new version and links to the one in force, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(POLICY[lang]));
      const note = page.getByRole("note");
      assert.ok((await note.innerText()).includes(ANNOUNCED[lang]), await note.innerText());
      const links = await note.getByRole("link").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
      assert.deepEqual(links, [`${POLICY[lang]}versions/1/`, `${POLICY[lang]}changes/`]);
    });

    await t.test(`what was added and removed is said as well as shown, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(`${POLICY[lang]}changes/`));
      for (const [mark, [word, text]] of Object.entries(MARKS[lang])) {
        const element = page.locator(`.changes ${mark}`, { hasText: text }).first();
        const role = mark === "del" ? "deletion" : "insertion";
        const snapshot = await element.ariaSnapshot();
        assert.match(snapshot, new RegExp(`^- ${role}: .*${word}.*${text}`, "i"), "the word comes before the text, for whoever cannot see the mark");
        const hidden = element.locator(".visually-hidden");
        const box = await hidden.first().boundingBox();
        assert.ok(box.width <= 1 && box.height <= 1, `the word is seen: ${JSON.stringify(box)}`);
        const line = await element.evaluate((e) => getComputedStyle(e).textDecorationLine);
        assert.equal(line, mark === "del" ? "line-through" : "underline", "colour alone does not tell");
      }
    });
  }
});

test("a policy after its new version applies", async (t) => {
  const server = await serve(t, await changedPolicy(t), { day: DAYS.after });
  const browser = await openBrowser(t);
  for (const lang of ["en", "fr"]) {
    await t.test(`it announces nothing, and the old version says that it is old, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(POLICY[lang]));
      assert.equal(await page.getByRole("note").count(), 0);
      assert.match(await page.locator("#declared-retention").innerText(), lang === "en" ? /3 years/ : /3 ans/);
      await page.goto(server.at(`${POLICY[lang]}versions/1/`));
      assert.match(await page.getByRole("note").innerText(), lang === "en" ? /earlier version/ : /version antérieure|ancienne version/);
      assert.match(await page.locator("#declared-retention").innerText(), lang === "en" ? /2 years/ : /2 ans/);
    });
  }
});
