// For how long a choice holds, and of what is asked again.

import assert from "node:assert/strict";
import test from "node:test";

import { allowed, banner, dialog, kept, openChoices, press, ran, reloads, SERVICES, status } from "../support/choices.js";

const DAY = 24 * 3600;
const ALL = Object.keys(SERVICES);
const now = () => Math.floor(Date.now() / 1000);
const cookie = async (page) => (await page.context().cookies()).find(({ name }) => name === "plainsite-consent");
/** The cookie as it would be had the choice been made some days ago. The page is left first: it would see the change, and load itself again. */
const aged = async (page, days) => {
  await page.goto("about:blank");
  const { value, ...rest } = await cookie(page);
  const [categories, time, ...lists] = value.split("~");
  await page.context().addCookies([{ ...rest, value: [categories, (parseInt(time, 36) - days * DAY).toString(36), ...lists].join("~") }]);
};

test("how long a choice holds", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  const decided = async (t, what) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    if (what === "accept") await reloads(page, () => press(banner(page), what));
    else await press(banner(page), what);
    return page;
  };

  for (const what of ["accept", "refuse"]) {
    await t.test(`six months, after ${what}`, async (t) => {
      const page = await decided(t, what);
      const { expires, sameSite, path, domain } = await cookie(page);
      const days = (expires - now()) / DAY;
      assert.ok(days > 179.9 && days <= 184, `${days} days`);
      assert.deepEqual({ sameSite, path, domain }, { sameSite: "Lax", path: "/", domain: "127.0.0.1" });
      await page.goto(server.at("/short/"));
      assert.ok(Math.abs((await cookie(page)).expires - expires) < 60, "another visit does not make it last longer");
    });

    await t.test(`it holds the day before, and is asked again the day after ${what}`, async (t) => {
      const page = await decided(t, what);
      await aged(page, 179);
      await page.goto(server.at("/short/"));
      assert.equal(await status(page), "decided");
      assert.deepEqual(await allowed(page), what === "accept" ? ALL : []);
      await aged(page, 6);
      await vendors.take(page.context());
      await page.goto(server.at("/ungated/"));
      await banner(page).waitFor();
      assert.deepEqual([await status(page), await allowed(page), await ran(page)], ["asking", [], []]);
      assert.deepEqual(await vendors.addresses(page.context()), [], "not even what is pasted in the page, though the host read the old cookie");
      assert.equal(await kept(page), undefined);
    });
  }

  await t.test("by the visitor's clock", async (t) => {
    const page = await decided(t, "accept");
    await page.clock.setFixedTime(Date.now() + 179 * DAY * 1000);
    await page.goto(server.at("/short/"));
    assert.equal(await status(page), "decided");
    await page.clock.setFixedTime(Date.now() + 185 * DAY * 1000);
    await page.goto(server.at("/short/"));
    assert.equal(await status(page), "asking");
    assert.deepEqual(await ran(page), []);
  });

  await t.test("a choice that comes from the future does not hold", async (t) => {
    const page = await decided(t, "accept");
    await aged(page, -2);
    await page.goto(server.at("/short/"));
    assert.deepEqual([await status(page), await allowed(page), await ran(page)], ["asking", [], []]);
  });

  await t.test("what is no choice does not hold", async (t) => {
    for (const value of ["analytics", "~~~~", "analytics~x~y~z~~", "%", "a=b", "analytics.media.marketing~!~counter:x~~"]) {
      const page = await visit(t);
      await page.context().addCookies([{ name: "plainsite-consent", value, url: server.url }]);
      await page.goto(server.at("/ungated/"));
      await banner(page).waitFor();
      assert.deepEqual([value, await status(page), await allowed(page), await ran(page)], [value, "asking", [], []]);
      assert.deepEqual(await vendors.addresses(page.context()), [], value);
      await page.context().close();
    }
  });

  // Promises: cluently/withdrawal-by-clearing-cookies
  await t.test("a browser that lets scripts keep cookies for a week asks again after it", async (t) => {
    const page = await decided(t, "accept");
    await page.goto("about:blank");
    // What Safari does to the date that a script gives.
    await page.context().addCookies([{ ...(await cookie(page)), expires: now() + 7 * DAY }]);
    await page.goto(server.at("/short/"));
    assert.deepEqual([await status(page), await allowed(page)], ["decided", ALL]);
    assert.ok((await cookie(page)).expires <= now() + 7 * DAY + 60, "it is not written again and again");
    await page.evaluate(() => localStorage.setItem("count-left", "1"));
    await page.goto("about:blank");
    await page.context().clearCookies();
    await vendors.take(page.context());
    await page.goto(server.at("/short/"));
    await banner(page).waitFor();
    assert.deepEqual([await allowed(page), await ran(page)], [[], []]);
    assert.equal(await page.evaluate(() => localStorage.getItem("count-left")), null, "what a service left goes with the consent");
    assert.deepEqual(await vendors.addresses(page.context()), []);
    await reloads(page, () => press(banner(page), "accept"));
    assert.deepEqual(await allowed(page), ALL);
  });
});

test("what changed is asked again, and only that", async (t) => {
  const { server, site, vendors, visit } = await openChoices(t);
  const change = async (old, fresh) => {
    // The dev server loads its pages again by itself, which is not what is tested here.
    for (const page of [yes, no]) await page.goto("about:blank");
    const mark = server.mark();
    await site.edit("content/privacy.yaml", old, fresh);
    await server.saysAfter(mark, /^built /);
  };
  const yes = await visit(t);
  await yes.goto(server.at("/"));
  await reloads(yes, () => press(banner(yes), "accept"));
  const no = await visit(t);
  await no.goto(server.at("/"));
  await press(banner(no), "refuse");

  await t.test("a service that does something else", async () => {
    await change("does: counts visits", "does: counts visits and sells them");
    await yes.goto(server.at("/"));
    await banner(yes).waitFor();
    const text = await banner(yes).innerText();
    assert.match(text, /Counter/);
    for (const other of ["Heat", "Films", "Pixel", "Shop"]) assert.doesNotMatch(text, new RegExp(other));
    assert.deepEqual(await allowed(yes), ["heat", "film", "pixel", "shop"]);
    assert.deepEqual(await ran(yes), ["heat", "pixel", "shop"]);
    await press(banner(yes), "choose");
    assert.deepEqual(await dialog(yes).locator("input[name]").evaluateAll((boxes) => boxes.filter((box) => !box.checked).map((box) => box.name)), ["counter"]);
    await yes.keyboard.press("Escape");
    await press(banner(yes), "refuse");
    await banner(yes).waitFor({ state: "detached" });
    assert.deepEqual(await allowed(yes), ["heat", "film", "pixel", "shop"], "the refusal was of what was asked");
  });

  await t.test("not of who refused it before", async () => {
    await no.goto(server.at("/"));
    assert.equal(await status(no), "decided");
    assert.equal(await banner(no).count(), 0);
  });

  await t.test("a new service, of everybody", async () => {
    await change("  shop:\n", "  chat:\n    label: Chat\n    does: lets you write to us\n    category: marketing\n    purpose: measure\n    recipient: ads\n    receives: the IP address\n    origins: { script: [https://chat.example] }\n  shop:\n");
    for (const page of [yes, no]) {
      await page.goto(server.at("/"));
      await banner(page).waitFor();
      const text = await banner(page).innerText();
      assert.match(text, /Chat/);
      assert.doesNotMatch(text, /Counter|Heat|Films|Pixel|Shop/);
    }
    assert.deepEqual([await allowed(yes), await allowed(no)], [["heat", "film", "pixel", "shop"], []]);
    await vendors.take(yes.context());
    await reloads(yes, () => press(banner(yes), "accept"));
    assert.deepEqual(await allowed(yes), ["heat", "film", "pixel", "shop"]);
    assert.equal(await yes.evaluate(() => plainsite.consent.has("chat")), true);
    assert.deepEqual([await status(yes), await status(no)], ["decided", "asking"]);
  });
});
