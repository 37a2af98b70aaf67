// The banner and its dialog: what is asked, by which buttons, and how they are worked by keyboard.

import assert from "node:assert/strict";
import test from "node:test";

import { allowed, banner, dialog, kept, openChoices, press, ran, reloads, status } from "../support/choices.js";

const look = (button) =>
  button.evaluate((element) => {
    const { width, height } = element.getBoundingClientRect();
    const { color, backgroundColor, borderColor, fontWeight, fontSize } = getComputedStyle(element);
    return { width: Math.round(width), height: Math.round(height), color, backgroundColor, borderColor, fontWeight, fontSize };
  });
const focused = (page) => page.evaluate(() => document.activeElement.dataset.consent ?? document.activeElement.getAttribute("name") ?? document.activeElement.localName);

test("the banner and its dialog", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  const asked = async (t, path = "/", options = {}) => {
    const page = await visit(t, options);
    await page.goto(server.at(path));
    await banner(page).waitFor();
    return page;
  };
  const opened = async (t, path) => {
    const page = await asked(t, path);
    await press(banner(page), "choose");
    await dialog(page).waitFor();
    return page;
  };

  for (const width of [320, 1280]) {
    // Promises: cluently/withdrawal-as-easy
    await t.test(`accept and refuse look the same, and are one press each, at ${width} px`, async (t) => {
      const page = await asked(t, "/", { viewport: { width, height: 640 } });
      for (const where of [banner, dialog]) {
        if (where === dialog) await press(banner(page), "choose");
        const accept = where(page).locator("[data-consent=accept]");
        const refuse = where(page).locator("[data-consent=refuse]");
        assert.deepEqual(await look(accept), await look(refuse));
        const sizes = [await accept.boundingBox(), await refuse.boundingBox()];
        assert.ok(sizes.every(({ height, width }) => height >= 44 && width >= 44), JSON.stringify(sizes));
      }
    });
  }

  // Promises: cresco/third-parties-after-consent, cluently/analytics-after-consent
  await t.test("nothing is ticked beforehand, and no cookie stands before a choice", async (t) => {
    const page = await opened(t);
    assert.equal(await dialog(page).getByRole("checkbox").count(), 8);
    assert.equal(await dialog(page).getByRole("checkbox", { checked: true }).count(), 0);
    await page.goto(server.at("/cookies/"));
    const panel = page.locator("#plainsite-panel");
    assert.equal(await panel.getByRole("checkbox").count(), 8);
    assert.equal(await panel.getByRole("checkbox", { checked: true }).count(), 0);
    assert.deepEqual(await page.context().cookies(), []);
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  });

  for (const [how, close] of [
    ["its close button", (page) => dialog(page).getByRole("button", { name: "Close", exact: true }).click()],
    ["Escape", (page) => page.keyboard.press("Escape")],
  ]) {
    await t.test(`closing the dialog by ${how} decides nothing, whatever was ticked`, async (t) => {
      const page = await opened(t);
      await dialog(page).locator("input[name=counter]").check();
      await close(page);
      await dialog(page).waitFor({ state: "detached" });
      assert.equal(await focused(page), "choose", "the focus is back where it was");
      assert.equal(await status(page), "asking");
      assert.ok(await banner(page).isVisible());
      assert.equal(await kept(page), undefined);
      await page.goto(server.at("/short/"));
      assert.deepEqual([await allowed(page), await ran(page), await status(page)], [[], [], "asking"]);
    });
  }

  // Promises: cresco/third-parties-after-consent, cluently/analytics-after-consent
  await t.test("ignoring the banner is no consent", async (t) => {
    const page = await asked(t, "/long/");
    await page.mouse.wheel(0, 2000);
    await page.getByRole("link", { name: "page 0" }).click();
    await page.waitForURL("**/form/");
    await banner(page).waitFor();
    assert.deepEqual([await allowed(page), await status(page), await kept(page)], [[], "asking", undefined]);
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });

  await t.test("accepting loads again, at the same place and with what was typed", async (t) => {
    const page = await asked(t, "/form/");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("Your text").fill("A draft\nof two lines");
    const before = await page.evaluate(() => Math.round(scrollY));
    assert.ok(before > 500, `the form is far down, at ${before}`);
    await reloads(page, () => press(banner(page), "accept"));
    await page.waitForFunction((before) => Math.abs(scrollY - before) <= 2, before);
    assert.equal(await page.getByLabel("Your name").inputValue(), "Ada");
    assert.equal(await page.getByLabel("Your text").inputValue(), "A draft\nof two lines");
    assert.deepEqual(await ran(page), ["counter", "heat", "pixel", "shop"]);
  });

  await t.test("refusing loads nothing again", async (t) => {
    const page = await asked(t, "/form/");
    await page.evaluate(() => (globalThis.same = true));
    await press(banner(page), "refuse");
    await banner(page).waitFor({ state: "detached" });
    assert.equal(await status(page), "decided");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.consent), "decided", "style sheets hear of it too");
    assert.equal(await page.evaluate(() => globalThis.same), true);
    await page.goto(server.at("/"));
    assert.equal(await status(page), "decided");
    assert.equal(await banner(page).count(), 0);
  });

  await t.test("the dialog is modal, keeps the focus, and is worked by keyboard alone", async (t) => {
    const page = await asked(t);
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "refuse", "the banner comes first for whoever goes by keyboard");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "choose");
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    assert.ok(await dialog(page).evaluate((element) => element.matches("dialog:modal") && element.contains(document.activeElement)));
    // Once round, and a little more: a native dialog lets the focus go to the browser's own bar and nowhere else.
    const order = [];
    for (let stop = 0; stop < 16; stop += 1) {
      const [inside, name] = await page.evaluate(() => {
        const { activeElement: at } = document;
        return [at === document.body || Boolean(at.closest("#plainsite-choices")), at.getAttribute("name") ?? at.dataset.consent ?? at.localName];
      });
      assert.ok(inside, `Tab led to ${name}, behind the dialog`);
      order.push(name);
      await page.keyboard.press("Tab");
    }
    for (const name of ["counter", "heat", "film", "pixel", "shop", "refuse", "save", "accept"]) assert.ok(order.includes(name), `${name} in ${order}`);
    await page.locator("input[name=heat]").focus();
    await page.keyboard.press("Space");
    assert.ok(await page.locator("input[name=heat]").isChecked());
    await page.locator("#plainsite-choices [data-consent=save]").focus();
    await reloads(page, () => page.keyboard.press("Enter"));
    assert.deepEqual(await allowed(page), ["heat"]);
  });

  for (const [what, act, opener] of [
    ["a refusal in the banner", (page) => page.locator("#plainsite-consent [data-consent=refuse]").press("Enter"), null],
    ["a refusal in the dialog", (page) => page.locator("#plainsite-choices [data-consent=refuse]").press("Enter"), "#plainsite-consent [data-consent=choose]"],
    ["a refusal in the dialog that the footer opened", (page) => page.locator("#plainsite-choices [data-consent=refuse]").press("Enter"), "[data-consent-choices]"],
  ]) {
    await t.test(`the focus is not lost after ${what}`, async (t) => {
      const page = await asked(t, "/long/");
      if (opener) {
        await page.locator(opener).press("Enter");
        await dialog(page).waitFor();
      }
      await act(page);
      await banner(page).waitFor({ state: "detached" });
      await dialog(page).waitFor({ state: "detached" });
      const at = await page.evaluate(() => document.activeElement.id || document.activeElement.localName);
      assert.equal(at, opener === "[data-consent-choices]" ? "a" : "main");
    });
  }

  for (const [what, viewport] of [
    ["320 px", { width: 320, height: 640 }],
    ["200 % zoom", { width: 640, height: 360 }],
    ["a desktop", { width: 1280, height: 720 }],
  ]) {
    await t.test(`what has the focus is not hidden behind the banner at ${what}`, async (t) => {
      const page = await asked(t, "/long/", { viewport });
      const links = await page.locator("main a").count();
      const hidden = [];
      for (let stop = 0; stop < links + 12; stop += 1) {
        await page.keyboard.press("Tab");
        const name = await page.evaluate(() => {
          const at = document.activeElement;
          if (at === document.body || at.closest("#plainsite-consent")) return null;
          const { left, right, top, bottom } = at.getBoundingClientRect();
          const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return seen && (at.contains(seen) || seen.contains(at)) ? null : `${at.localName} "${at.textContent.trim().slice(0, 30)}" at ${Math.round(top)} of ${innerHeight}`;
        });
        if (name) hidden.push(name);
      }
      assert.deepEqual(hidden, []);
    });
  }

  // Promises: cresco/banner-manages-choices
  await t.test("the footer opens the dialog again, and leads to the policy without JavaScript", async (t) => {
    const page = await asked(t);
    await press(banner(page), "refuse");
    await page.locator("[data-consent-choices]").click();
    await dialog(page).waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    const plain = await visit(t, { javaScriptEnabled: false });
    await plain.goto(server.at("/"));
    await plain.locator("[data-consent-choices]").click();
    await plain.waitForURL(/#declared-cookies$/);
    assert.ok(await plain.locator(":target").isVisible());
    assert.equal(await plain.locator("#plainsite-panel").isVisible(), false, "there is nothing to press without a script");
  });

  // Promises: cluently/withdrawal-as-easy
  await t.test("withdrawing takes one press, and is offered where something was accepted", async (t) => {
    const page = await asked(t);
    const withdraw = page.getByRole("button", { name: "Withdraw my consent" });
    assert.equal(await withdraw.count(), 0);
    await press(banner(page), "refuse");
    assert.equal(await withdraw.count(), 0);
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ heat: true })));
    assert.equal(await withdraw.count(), 1);
    await page.goto(server.at("/long/"));
    await reloads(page, () => withdraw.click());
    assert.deepEqual([await allowed(page), await ran(page), await status(page)], [[], [], "decided"]);
    assert.equal(await withdraw.count(), 0);
  });
});
