// The banner for everybody: what axe finds in every state, narrow screens, zoom, right to left, print.

import assert from "node:assert/strict";
import test from "node:test";

import { badPrint, cutText, inaccessible, overflow } from "../support/faults.js";
import { banner, dialog, inFrench, openChoices, press, reloads, status } from "../support/choices.js";

const PATHS = { en: "", fr: "/fr" };
const VIEWPORTS = { "320 px": { width: 320, height: 640 }, "200 % zoom": { width: 640, height: 360 } };

/** Puts a page into each state in turn; `say` hears of it. */
async function states(visit, server, lang, options, t, say) {
  const at = (path) => server.at(PATHS[lang] + path);
  const page = await visit(t, options);
  await page.goto(at("/"));
  await banner(page).waitFor();
  await say(page, "asking");
  await press(banner(page), "choose");
  await dialog(page).waitFor();
  await say(page, "dialog");
  await page.goto(at("/cookies/"));
  await banner(page).waitFor();
  await say(page, "panel");
  await page.goto(at("/film/"));
  await banner(page).waitFor();
  await say(page, "embed");
  await press(banner(page), "refuse");
  await banner(page).waitFor({ state: "detached" });
  await say(page, "refused");
  await reloads(page, () => page.evaluate(() => plainsite.consent.accept()));
  await say(page, "accepted, embed open");
  await page.goto(at("/cookies/"));
  await say(page, "panel, accepted");

  const signalled = await visit(t, options);
  await signalled.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { value: true }));
  await signalled.goto(at("/"));
  assert.equal(await status(signalled), "gpc");
  await say(signalled, "gpc");

  const blocked = await visit(t, options);
  await blocked.addInitScript(() => Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => {} }));
  await blocked.goto(at("/"));
  await press(banner(blocked), "accept");
  await banner(blocked).waitFor({ state: "detached" });
  await say(blocked, "blocked");
}

test("every state, for everybody", async (t) => {
  const { server, visit } = await openChoices(t, { change: inFrench });

  for (const lang of ["en", "fr"]) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [size, viewport] of Object.entries(VIEWPORTS)) {
        await t.test(`${lang}, ${colorScheme}, ${size}`, async (t) => {
          const faults = [];
          await states(visit, server, lang, { colorScheme, viewport }, t, async (page, state) => {
            await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
            const found = [...(await inaccessible(page)), ...(await overflow(page)), ...(await cutText(page))];
            faults.push(...found.map((fault) => `${state}: ${fault}`));
          });
          assert.deepEqual(faults, []);
        });
      }
    }
  }

  for (const [size, viewport] of [["360×640", { width: 360, height: 640 }], ["320×568", { width: 320, height: 568 }], ...Object.entries(VIEWPORTS)]) {
    for (const lang of ["en", "fr"]) {
      await t.test(`the banner leaves half of the page to read, and shows its buttons, at ${size}, ${lang}`, async (t) => {
        const page = await visit(t, { viewport });
        await page.goto(server.at(`${PATHS[lang]}/long/`));
        await banner(page).waitFor();
        const { top, buttons } = await banner(page).evaluate((element) => {
          const inside = ({ top, bottom }) => top >= element.getBoundingClientRect().top && bottom <= innerHeight;
          const shown = (button) => inside(button.getBoundingClientRect());
          return { top: element.getBoundingClientRect().top / innerHeight, buttons: [...element.querySelectorAll("[data-consent=accept], [data-consent=refuse]")].map(shown) };
        });
        assert.ok(top >= 0.499, `the banner begins at ${top} of the height`);
        assert.deepEqual(buttons, [true, true]);
        // The end of the page can be read: nothing of it stays behind the banner.
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        const last = await page.locator(".site-footer").evaluate((footer) => footer.getBoundingClientRect().bottom);
        assert.ok(last <= (await banner(page).boundingBox()).y + 1, "the footer can be scrolled clear of the banner");
      });
    }
  }

  await t.test("right to left, the buttons and the boxes change sides", async (t) => {
    const page = await visit(t, { viewport: { width: 700, height: 700 } });
    const places = async () => {
      await page.goto(server.at("/"));
      await banner(page).waitFor();
      const at = async (element) => (await element.boundingBox()).x + (await element.boundingBox()).width / 2;
      const [refuse, accept] = [await at(banner(page).locator("[data-consent=refuse]")), await at(banner(page).locator("[data-consent=accept]"))];
      await press(banner(page), "choose");
      await dialog(page).waitFor();
      const [save, close] = [await at(dialog(page).locator("[data-consent=save]")), await at(dialog(page).locator("[data-consent=close]"))];
      const [box, words] = [await at(dialog(page).locator("input").first()), await at(dialog(page).locator("label span").first())];
      assert.deepEqual(await overflow(page), []);
      return [refuse < accept, save < close, box < words];
    };
    assert.deepEqual(await places(), [true, true, true]);
    await page.addInitScript(() => addEventListener("readystatechange", () => (document.documentElement.dir = "rtl"), true));
    assert.deepEqual(await places(), [false, false, false]);
  });

  await t.test("printed, there is no banner, and a preview leaves it asking", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/film/"));
    await banner(page).waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await banner(page).isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).paddingBottom), "0px");
    assert.equal(await page.locator("button:visible").count(), 0);
    assert.deepEqual((await badPrint(page)).filter((fault) => /consent|embed|choice/i.test(fault)), []);
    await page.emulateMedia({ media: "screen" });
    assert.ok(await banner(page).isVisible());
    assert.equal(await status(page), "asking");
    await press(banner(page), "choose");
    await page.emulateMedia({ media: "print" });
    assert.equal(await dialog(page).isVisible(), false);
    await page.emulateMedia({ media: "screen" });
    assert.ok(await dialog(page).isVisible());
  });
});
