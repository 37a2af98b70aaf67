// The example sites: every page in both languages, by keyboard and on paper.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { allFaults, badPrint, cutText, listen, overflow, unseenFocus } from "../support/faults.js";
import { allPages } from "../support/map.js";
import { copySite, example, serve } from "../support/site.js";

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };

for (const name of ["qualify-crm", "cluently"]) {
  test(`every page of ${name}`, async (t) => {
    const server = await serve(t, await copySite(t, example(name)));
    const pages = await allPages(server);
    assert.ok(pages.length >= 10, `the sitemap lists only ${pages.length} pages`);
    const browser = await openBrowser(t);

    for (const [width, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ["light", "dark"]) {
        // Each width and each scheme once: on long pages the way round by Tab takes its time.
        const byKeyboard = (width === "360") === (colorScheme === "light");
        await t.test(`is without fault${byKeyboard ? " and shows its focus" : ""} at ${width} px, ${colorScheme}`, async (t) => {
          const page = await openPage(t, browser, { viewport, colorScheme });
          const ears = await listen(page, new URL(server.url).origin);
          const faults = {};
          for (const { path, lang, status } of pages) {
            await page.goto(server.at(path), { waitUntil: "load" });
            const found = [...(await allFaults(page, { lang: lang ?? "en" })), ...(byKeyboard && status === 200 ? await unseenFocus(page) : []), ...ears.take()];
            if (found.length > 0) faults[path] = found;
            await ears.leave();
          }
          assert.deepEqual(faults, {});
        });
      }
    }

    await t.test("fits at 320 px, and is black on white on paper", async (t) => {
      const page = await openPage(t, browser, { viewport: { width: 320, height: 640 } });
      const paper = await openPage(t, browser, { viewport: { width: 658, height: 971 }, colorScheme: "dark" });
      await paper.emulateMedia({ media: "print", colorScheme: "dark" });
      const faults = {};
      for (const { path, status } of pages) {
        if (status !== 200) continue;
        await page.goto(server.at(path));
        await paper.goto(server.at(path));
        const home = path === "/" || path === "/fr/";
        // Home pages are there to be looked at, and nobody files them.
        const found = [...(await overflow(page)), ...(await cutText(page)), ...(home ? [] : await badPrint(paper)), ...(await overflow(paper))];
        if (found.length > 0) faults[path] = found;
      }
      assert.deepEqual(faults, {});
    });
  });
}
