// What stands in for something of another site, until visitors agree to load it: once, or for good.

import assert from "node:assert/strict";
import test from "node:test";

import { allowed, banner, kept, openChoices, press, reloads, status } from "../support/choices.js";

const figure = (page) => page.locator("figure.embed");
const box = async (page) => {
  const { x, y, width, height } = await figure(page).evaluate((element) => {
    const { left: x, top, width, height } = element.getBoundingClientRect();
    return { x, y: top + scrollY, width, height };
  });
  return [x, y, width, height].map(Math.round);
};

test("an embed", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  const shown = async (t, options) => {
    const page = await visit(t, options);
    await page.goto(server.at("/film/"));
    return page;
  };

  await t.test("names who would receive what, and asks nobody", async (t) => {
    const page = await shown(t);
    const text = await figure(page).innerText();
    for (const said of ["How we work", "This comes from Films, and is loaded when you agree.", "Films then receives the IP address.", "Load it this once", "Always allow Films"]) {
      assert.ok(text.includes(said), `${said} in ${text}`);
    }
    assert.equal(await figure(page).locator("iframe").count(), 0);
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });

  await t.test("is loaded once in this page, at the same place and size, and never again", async (t) => {
    const page = await shown(t);
    await banner(page).waitFor();
    const before = await box(page);
    await reloads(page, () => press(figure(page), "once"));
    await page.frameLocator("iframe").getByText("film.example").waitFor();
    assert.equal(await figure(page).locator("iframe").getAttribute("title"), "How we work");
    assert.equal(await figure(page).locator("button").first().isVisible(), false);
    assert.deepEqual(await box(page), before);
    assert.deepEqual([await allowed(page), await status(page), await kept(page)], [["film"], "asking", undefined]);
    assert.deepEqual(await vendors.addresses(page.context()), ["film.example/watch"]);
    await page.goto(server.at("/short/"));
    await page.goto(server.at("/film/"));
    assert.equal(await figure(page).locator("iframe").count(), 0);
    await page.reload();
    assert.equal(await figure(page).locator("iframe").count(), 0);
    assert.deepEqual([await allowed(page), await kept(page)], [[], undefined]);
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });

  await t.test("a reload of the page in which it was loaded once asks again", async (t) => {
    const page = await shown(t);
    await reloads(page, () => press(figure(page), "once"));
    await page.reload();
    assert.equal(await figure(page).locator("iframe").count(), 0);
    assert.deepEqual(await allowed(page), []);
  });

  await t.test("loaded once, it leaves a choice that was made what it is", async (t) => {
    const page = await shown(t);
    await press(banner(page), "refuse");
    const before = await kept(page);
    await reloads(page, () => press(figure(page), "once"));
    await page.frameLocator("iframe").getByText("film.example").waitFor();
    assert.equal(await kept(page), before);
    assert.equal(await status(page), "decided");
    await page.goto(server.at("/film/"));
    assert.deepEqual([await figure(page).locator("iframe").count(), await allowed(page), await kept(page)], [0, [], before]);
  });

  await t.test("a refusal takes away what was loaded once", async (t) => {
    const page = await shown(t);
    await reloads(page, () => press(figure(page), "once"));
    await banner(page).waitFor();
    await reloads(page, () => press(banner(page), "refuse"));
    assert.deepEqual([await figure(page).locator("iframe").count(), await allowed(page), await status(page)], [0, [], "decided"]);
  });

  await t.test("allowed for good, it is there on every visit, and nothing else is allowed", async (t) => {
    const page = await shown(t);
    await reloads(page, () => press(figure(page), "always"));
    await page.goto(server.at("/short/"));
    await page.goto(server.at("/film/"));
    await page.frameLocator("iframe").getByText("film.example").waitFor();
    assert.deepEqual([await allowed(page), await status(page)], [["film"], "asking"]);
    await banner(page).waitFor();
    assert.doesNotMatch(await banner(page).innerText(), /Films/);
    assert.deepEqual(await vendors.hosts(page.context()), ["film.example"]);
  });

  await t.test("moves nothing when it is opened", async (t) => {
    const page = await shown(t, { viewport: { width: 360, height: 640 } });
    const before = await box(page);
    assert.equal(await figure(page).evaluate((element) => element.scrollHeight <= element.clientHeight + 1 && element.scrollWidth <= element.clientWidth + 1), true, "the words fit into their place");
    await reloads(page, () => press(figure(page), "always"));
    assert.deepEqual(await box(page), before);
  });

  await t.test("is of use without JavaScript, by its link", async (t) => {
    const page = await shown(t, { javaScriptEnabled: false });
    assert.equal(await figure(page).locator("button").first().isVisible(), false);
    assert.deepEqual(await vendors.addresses(page.context()), []);
    await figure(page).getByRole("link", { name: "Open it on its own site" }).click();
    await page.waitForURL("https://film.example/watch");
    assert.deepEqual(await vendors.hosts(page.context()), ["film.example"]);
  });
});
