// A privacy request, from the form to the erasure: `plainsite serve` with its functions, its store and its mailbox.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { cutText, inaccessible, listen, overflow } from "../support/faults.js";
import { fillIn, TYPED } from "../support/forms.js";
import { copySite, serve } from "../support/site.js";

const PAGES = {
  en: { ask: "/privacy-request/", thanks: /\/privacy-request\/thanks\//, contact: "/contact/", erased: "Erased: 1.", used: "This link was used already" },
  fr: { ask: "/fr/privacy-request/", thanks: /\/fr\/privacy-request\/thanks\//, contact: "/fr/contact/" },
};

/** Sends an enquiry under an address. */
async function enquire(page, server, lang, email) {
  await page.goto(server.at(PAGES[lang].contact));
  const form = await fillIn(page, { ...TYPED, email });
  await form.getByRole("button").click();
  await page.waitForURL(/thanks/);
}

/** Asks for something by the form. */
async function ask(page, server, lang, right, email) {
  await page.goto(server.at(PAGES[lang].ask));
  const form = page.getByRole("form");
  await form.locator("[name=right]").selectOption(right);
  await form.locator("[name=email]").fill(email);
  await form.getByRole("button").click();
  await page.waitForURL(PAGES[lang].thanks);
}

/** The code of the e-mail that an address got, once it is there: it is sent after the answer, and the page tells of it by itself. */
async function code(desk, server, email) {
  await desk.goto(server.at("/_plainsite/mailbox"));
  const letter = desk.locator("article", { hasText: email }).filter({ hasText: "/privacy-request/thanks/#" }).first();
  await letter.waitFor();
  return /privacy-request\/thanks\/#([\w-]+)/.exec(await letter.textContent())[1];
}

test("a privacy request, from the form to the answer", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);
  const desk = await openPage(t, browser);

  // A network sends five forms in ten minutes, two of them without a script.
  // Promises: cresco/right-erasure
  await t.test("an erasure with the script", async (t) => {
    const email = "ada@example.com";
    const page = await openPage(t, browser);
    const ears = await listen(page, new URL(server.url).origin);
    await enquire(page, server, "en", email);
    await ask(page, server, "en", "erasure", email);
    const given = await code(desk, server, email);
    const there = `${new URL(page.url()).pathname}#${given}`;
    await page.goto("about:blank");
    await page.goto(server.at(there));
    await page.waitForFunction(() => !location.hash);
    assert.equal(await page.locator("[name=_token]").inputValue(), given);
    assert.deepEqual([...(await overflow(page)), ...(await cutText(page)), ...(await inaccessible(page))], []);
    await page.locator("form[data-confirm]").getByRole("button").click();
    await page.waitForURL(/\/api\/privacy-requests\/confirm$/);
    const told = await page.locator("main").innerText();
    assert.ok(told.includes(PAGES.en.erased), told);
    assert.match(told, /Stripe/);
    assert.deepEqual([...(await overflow(page)), ...(await cutText(page)), ...(await inaccessible(page))], []);
    await desk.goto(server.at("/_plainsite/leads"));
    assert.ok(!(await desk.locator("main").innerText()).includes(email), "the lead is gone");
    await page.goto("about:blank");
    await page.goto(server.at(there));
    await page.waitForFunction(() => !location.hash);
    await page.locator("form[data-confirm]").getByRole("button").click();
    await page.locator("main", { hasText: PAGES.en.used }).waitFor();
    assert.deepEqual(ears.take().filter((fault) => !/425|403|ERR_ABORTED/.test(fault)), []);
  });

  // Promises: cresco/right-access, cresco/portable-format
  await t.test("a copy without a script", async (t) => {
    const email = "eda@example.com";
    const page = await openPage(t, browser, { javaScriptEnabled: false });
    await enquire(page, server, "fr", email);
    await ask(page, server, "fr", "access", email);
    await page.locator("[name=_token]").fill(await code(desk, server, email));
    await page.locator("form[data-confirm]").getByRole("button").click();
    await page.waitForURL(/\/api\/privacy-requests\/confirm$/);
    assert.equal(await page.locator("html").getAttribute("lang"), "fr");
    assert.ok((await page.locator("main").innerText()).includes(TYPED.agency));
    const file = await page.locator("a[download]").getAttribute("href");
    const copy = JSON.parse(Buffer.from(file.split(",")[1], "base64").toString("utf8"));
    assert.equal(copy.data[0].values.email, email);
  });

  await t.test("the development page tells what is left to do", async () => {
    await desk.goto(server.at("/_plainsite/requests"));
    assert.equal(await desk.locator("article").count(), 2);
    assert.match(await desk.locator("main").innerText(), /a person has it erased at stripe: open/);
  });
});
