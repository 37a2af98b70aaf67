// The site by keyboard, and on paper.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner, press } from "../support/choices.js";
import { badPrint, unseenFocus } from "../support/faults.js";
import { copySite, serve } from "../support/site.js";

const POLICIES = ["/privacy/", "/fr/confidentialite/", "/cookies/", "/fr/cookies/", "/legal/", "/fr/mentions-legales/"];
const VIEWPORTS = [{ width: 360, height: 740 }, { width: 1280, height: 800 }];

test("by keyboard", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);

  for (const path of ["/", "/fr/", ...POLICIES]) {
    await t.test(`the first Tab on ${path} reaches the skip link, and Enter the text`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(path));
      // As long as something is asked, the banner comes before.
      await press(banner(page), "refuse");
      await page.goto(server.at(path));
      await page.keyboard.press("Tab");
      const link = page.locator(".skip-link");
      assert.equal(await link.evaluate((element) => element === document.activeElement), true);
      const box = await link.boundingBox();
      assert.ok(box.y >= 0 && box.x >= 0 && box.height >= 24, `the skip link is at ${JSON.stringify(box)}`);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "main");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)), true);
    });

    for (const viewport of VIEWPORTS) {
      for (const colorScheme of ["light", "dark"]) {
        await t.test(`everything on ${path} shows its focus at ${viewport.width} px, ${colorScheme}`, async (t) => {
          const page = await openPage(t, browser, { viewport, colorScheme });
          await page.goto(server.at(path));
          assert.deepEqual(await unseenFocus(page), []);
        });
      }
    }
  }

  await t.test("a table wider than the screen scrolls with the arrow keys", async (t) => {
    const page = await openPage(t, browser, { viewport: { width: 320, height: 740 } });
    await page.goto(server.at("/fr/confidentialite/"));
    const table = page.getByRole("group", { name: "Qui les reçoit" });
    assert.ok(await table.evaluate((element) => element.scrollWidth > element.clientWidth), "this table should be too wide");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "the page itself must not scroll");
    await table.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((element) => element.scrollLeft > 0, await table.elementHandle());
  });
});

test("on paper", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);
  for (const path of ["/", ...POLICIES, "/contact/"]) {
    for (const colorScheme of ["light", "dark"]) {
      await t.test(`${path} is black on white, without navigation, ${colorScheme}`, async (t) => {
        // An A4 page less its margins.
        const page = await openPage(t, browser, { viewport: { width: 658, height: 971 }, colorScheme });
        await page.goto(server.at(path));
        assert.equal(await page.getByRole("navigation").first().isVisible(), true);
        await page.emulateMedia({ media: "print", colorScheme });
        assert.deepEqual(await badPrint(page), []);
        const wide = await page.evaluate(() => [...document.querySelectorAll("table")].filter((table) => table.scrollWidth > innerWidth).length);
        assert.equal(wide, 0, "tables wider than the paper");
      });
    }
  }
});
