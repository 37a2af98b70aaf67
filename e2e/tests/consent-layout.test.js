// The banner moves nothing, and is never what a page is measured by.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner, openChoices, press, reloads, status } from "../support/choices.js";
import { copySite, serve } from "../support/site.js";

/** What a page has been measured to do so far: how much it shifted, and what was its largest paint. */
const measured = (page) =>
  page.evaluate(async () => {
    const entries = (type) =>
      new Promise((done) => {
        const observer = new PerformanceObserver((list) => {
          observer.disconnect();
          done(list.getEntries());
        });
        observer.observe({ type, buffered: true });
        // Two frames, so that what is painted now has been reported; where nothing shifted nothing ever is.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([]))));
      });
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    const shifts = await entries("layout-shift");
    const paints = await entries("largest-contentful-paint");
    const largest = paints.at(-1)?.element;
    const name = (element) => `${element.localName} "${element.textContent.trim().slice(0, 30)}"`;
    return {
      shifts: shifts.map(({ value, sources }) => `${value.toFixed(4)}: ${sources.map(({ node }) => (node?.localName ? name(node) : `text of ${node?.parentElement?.outerHTML.slice(0, 90)}`)).join(", ")}`),
      largest: largest ? name(largest) : "nothing",
      isBanner: Boolean(largest?.closest("#plainsite-consent")),
    };
  });

test("what a browser measures", async (t) => {
  const { server, visit } = await openChoices(t);
  const cresco = await serve(t, await copySite(t));
  const own = await openBrowser(t);

  for (const width of [360, 1280]) {
    const viewport = { width, height: width === 360 ? 640 : 800 };
    for (const [site, at, open, paths] of [
      ["CRESCO", cresco, (t) => openPage(t, own, { viewport }), ["/", "/privacy/", "/cookies/", "/portal/", "/fr/"]],
      ["a site of few words", server, (t) => visit(t, { viewport }), ["/", "/short/", "/film/", "/cookies/", "/long/"]],
    ]) {
      for (const path of paths) {
        await t.test(`${site}: ${path} at ${width} px`, async (t) => {
          const page = await open(t);
          const faults = [];
          const measure = async (state) => {
            const { shifts, isBanner, largest } = await measured(page);
            if (shifts.length > 0) faults.push(`${state}: shifted by ${shifts.join("; ")}`);
            if (isBanner) faults.push(`${state}: the largest paint is the banner's ${largest}`);
          };
          await page.goto(at.at(path));
          await banner(page).waitFor();
          await measure("asking");
          await press(banner(page), "refuse");
          await banner(page).waitFor({ state: "detached" });
          await page.goto(at.at(path));
          assert.equal(await status(page), "decided");
          await measure("refused");
          await reloads(page, () => page.evaluate(() => plainsite.consent.accept()));
          await page.goto(at.at(path));
          await measure("accepted");
          await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { value: true }));
          await page.goto("about:blank");
          await page.context().clearCookies();
          await page.goto(at.at(path));
          assert.equal(await status(page), "gpc");
          await measure("gpc");
          assert.deepEqual(faults, []);
        });
      }
    }
  }
});
