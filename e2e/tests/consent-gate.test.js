// Who is asked for what, before and after consent: counted where the requests arrive, whatever a page asks for.

import assert from "node:assert/strict";
import test from "node:test";

import { allowed, banner, dialog, openChoices, press, ran, reloads, SERVICES } from "../support/choices.js";

const ALL = Object.keys(SERVICES);

test("what reaches the companies", async (t) => {
  const { server, vendors, visit } = await openChoices(t);

  for (const [what, options, decide] of [
    ["before a choice", {}, () => {}],
    ["after a refusal", {}, (page) => press(banner(page), "refuse")],
    ["without JavaScript", { javaScriptEnabled: false }, () => {}],
  ]) {
    // Promises: cresco/third-parties-after-consent, cluently/analytics-after-consent
    await t.test(`nothing ${what}: templates, raw scripts and pixels, preloads, frames`, async (t) => {
      const page = await visit(t, options);
      await page.goto(server.at("/"));
      await decide(page);
      for (const path of ["/", "/ungated/", "/film/", "/cookies/"]) await page.goto(server.at(path));
      // What somebody's own script could try.
      if (options.javaScriptEnabled !== false) {
        await page.evaluate(() => navigator.sendBeacon("https://counter.example/beacon"));
        await page.evaluate(() => fetch("https://counter.example/fetch").catch(() => {}));
        await page.evaluate(() => new Promise((done) => Object.assign(new Image(), { onload: done, onerror: done, src: "https://pixel.example/made.gif" })));
      }
      assert.deepEqual(await vendors.addresses(page.context()), []);
    });
  }

  await t.test("everything after consent", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => press(banner(page), "accept"));
    assert.deepEqual(await ran(page), ["counter", "heat", "pixel", "shop"]);
    await page.goto(server.at("/ungated/"));
    const paths = await vendors.addresses(page.context());
    for (const id of ["counter", "heat", "shop", "pixel"]) assert.ok(paths.includes(`${id}.example/${id}.js`) && paths.includes(`${id}.example/event`), paths.join(", "));
    for (const raw of ["counter.example/raw.js", "heat.example/raw.js", "pixel.example/raw.gif", "film.example/raw", "counter.example/preload.js"]) {
      assert.ok(paths.includes(raw), `${raw} of ${paths.join(", ")}`);
    }
  });

  await t.test("what was accepted, and nothing else of another category", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ film: true })));
    await page.goto(server.at("/ungated/"));
    assert.deepEqual(await vendors.hosts(page.context()), ["film.example"]);
    assert.deepEqual(await ran(page), []);
  });

  await t.test("what was accepted runs alone, though another of its category is pasted in the page", async (t) => {
    const page = await visit(t);
    const refused = [];
    await page.exposeBinding("__refused", (_, address) => refused.push(new URL(address).host));
    await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => event.disposition === "enforce" && globalThis.__refused(event.blockedURI)));
    await page.goto(server.at("/"));
    await press(banner(page), "choose");
    await dialog(page).getByRole("checkbox", { name: "Heat sees" }).check();
    await reloads(page, () => press(dialog(page), "save"));
    assert.deepEqual(await allowed(page), ["heat"]);
    await page.goto(server.at("/ungated/"));
    assert.deepEqual(await ran(page), ["heat"]);
    assert.ok(refused.includes("counter.example"), refused.join(", "));
    assert.deepEqual((await vendors.addresses(page.context())).filter((address) => !address.startsWith("heat.")), []);
  });

  await t.test("nothing runs out of the browser's own store after a withdrawal", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => press(banner(page), "accept"));
    await page.goto(server.at("/ungated/"));
    await vendors.take(page.context());
    await reloads(page, () => page.evaluate(() => plainsite.consent.refuse()));
    for (const path of ["/ungated/", "/"]) {
      await page.goto(server.at(path));
      assert.deepEqual(await ran(page), []);
    }
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });
});

test("choosing", async (t) => {
  const { server, vendors, visit } = await openChoices(t);
  const opened = async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await press(banner(page), "choose");
    await dialog(page).waitFor();
    return page;
  };
  const group = (page, name) => dialog(page).getByRole("group", { name, exact: true });

  await t.test("a category's box ticks its services, and is half ticked when some are", async (t) => {
    const page = await opened(t);
    const whole = group(page, "Audience measurement").getByRole("checkbox").first();
    const counter = dialog(page).getByRole("checkbox", { name: "Counter" });
    const heat = dialog(page).getByRole("checkbox", { name: "Heat" });
    const state = () => whole.evaluate((box) => [box.checked, box.indeterminate]);
    assert.deepEqual(await state(), [false, false]);
    await counter.check();
    assert.deepEqual(await state(), [false, true]);
    await heat.check();
    assert.deepEqual(await state(), [true, false]);
    await counter.uncheck();
    assert.deepEqual(await state(), [false, true]);
    await whole.click();
    assert.deepEqual([await counter.isChecked(), await heat.isChecked()], [true, true]);
    await whole.click();
    assert.deepEqual([await counter.isChecked(), await heat.isChecked(), ...(await state())], [false, false, false, false]);
    assert.equal(await dialog(page).getByRole("checkbox", { checked: true }).count(), 0, "other categories stay as they were");
  });

  // Promises: cresco/banner-manages-choices
  await t.test("by category", async (t) => {
    const page = await opened(t);
    await group(page, "Audience measurement").getByRole("checkbox").first().check();
    await reloads(page, () => press(dialog(page), "save"));
    assert.deepEqual(await allowed(page), ["counter", "heat"]);
    assert.deepEqual(await vendors.hosts(page.context()), ["counter.example", "heat.example"]);
    await page.locator("[data-consent-choices]").click();
    assert.deepEqual(await dialog(page).getByRole("checkbox", { checked: true }).count(), 3, "the dialog shows what was chosen");
  });

  for (const id of ALL) {
    await t.test(`by service: ${id} alone`, async (t) => {
      const page = await opened(t);
      await dialog(page).locator(`input[name=${id}]`).check();
      await reloads(page, () => press(dialog(page), "save"));
      assert.deepEqual(await allowed(page), [id]);
      await page.goto(server.at("/film/"));
      await page.locator("figure").scrollIntoViewIfNeeded();
      assert.deepEqual(await vendors.hosts(page.context()), [SERVICES[id]]);
    });
  }
});
