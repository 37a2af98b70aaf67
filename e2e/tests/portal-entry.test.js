// How a project code is typed, pasted and refused, and what happens when the portal cannot answer.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { CODE, openPortal } from "../support/portal.js";
import { copySite, serve } from "../support/site.js";

test("entering the portal", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);
  const open = async (t, path) => {
    const opened = await openPortal(await openPage(t, browser), server, path);
    return { ...opened, value: () => opened.input.inputValue() };
  };
  const isOpen = (page) => page.locator("#portal-name").waitFor();

  await t.test("a code in any form opens the project in one press", async (t) => {
    for (const typed of [CODE, "cm8k2p7xn4", "8K2P 7XN4", "  Cm – 8k2p – 7xn4 ", "8k2p7xn4"]) {
      const { page, api, input } = await open(t);
      await input.fill(typed);
      await input.press("Enter");
      await isOpen(page);
      assert.equal(JSON.parse(api.requests.at(-1).body).code, CODE, typed);
      assert.deepEqual([api.count("challenge"), api.count("validate"), api.count("refresh")], [1, 1, 0]);
      assert.equal(await page.evaluate(() => document.activeElement.id), "portal-name");
    }
  });

  await t.test("letters that look like digits are read as digits", async (t) => {
    const { input, value } = await open(t);
    await input.pressSequentially("cmoil0-abcd");
    assert.equal(await value(), "CM-0110-ABCD");
  });

  await t.test("groups appear as one types, and the caret stays where the hand is", async (t) => {
    const { page, input, value } = await open(t);
    await input.pressSequentially("cm8k2p7x");
    assert.equal(await value(), "CM-8K2P-7X");
    const caret = () => input.evaluate((element) => element.selectionStart);
    for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowLeft");
    assert.equal(await caret(), 5);
    await page.keyboard.type("z");
    assert.deepEqual([await value(), await caret()], ["CM-8KZ2-P7X", 6]);
    await page.keyboard.press("Backspace");
    assert.deepEqual([await value(), await caret()], ["CM-8K2P-7X", 5]);
    await page.keyboard.press("End");
    await page.keyboard.type("n4");
    assert.equal(await value(), CODE);
  });

  await t.test("backspace goes over a dash to the letter before it", async (t) => {
    const { page, input, value } = await open(t);
    await input.fill("CM-8K2P-7XN4");
    await input.evaluate((element) => element.setSelectionRange(8, 8));
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    assert.equal(await value(), "CM-8K27-XN4");
  });

  await t.test("dashes of one's own stay", async (t) => {
    const { input, value } = await open(t);
    await input.pressSequentially("CM-8K2P-");
    assert.equal(await value(), "CM-8K2P-");
  });

  await t.test("a line of an e-mail, or a link, is pasted as the code in it", async (t) => {
    for (const text of ["Your code: CM 8k2p 7xn4.", "https://crescosystem.com/portal/#CM-8K2P-7XN4", "cm8k2p7xn4"]) {
      const { input, value } = await open(t);
      await input.evaluate((element, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      }, text);
      assert.equal(await value(), CODE, text);
    }
  });

  await t.test("what cannot be a code is told at once, and sent to nobody", async (t) => {
    const { page, api, input, fault } = await open(t);
    for (const [typed, told] of [["", /type your project code/], ["CM-8K2P", /not a whole code/], ["CM-8K2P-7XNU", /never the letter U/]]) {
      await input.fill(typed);
      await input.press("Enter");
      await page.waitForFunction((told) => new RegExp(told).test(document.querySelector("#portal-code-fault").textContent), told.source);
      assert.equal(await input.getAttribute("aria-invalid"), "true");
    }
    assert.equal(await fault.getAttribute("role"), "alert");
    assert.deepEqual(api.requests, []);
    await input.fill("CM-8");
    assert.equal(await fault.isVisible(), false, "a fault goes as it is mended");
  });

  await t.test("a code that opens nothing is told, stays to be mended, and is kept nowhere", async (t) => {
    const { page, api, input, fault } = await open(t, "/fr/portail/");
    await input.fill("CM-1234-5678");
    await page.getByRole("button", { name: "Ouvrir", exact: true }).click();
    await fault.waitFor();
    assert.match(await fault.innerText(), /Aucun projet/);
    assert.equal(await input.inputValue(), "CM-1234-5678");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assert.equal(JSON.parse(api.requests.at(-1).body)._language, "fr");
  });

  await t.test("a proof that is no longer enough is made anew", async (t) => {
    const { page, api, input } = await open(t);
    api.next = [{ status: 403, type: "proof" }];
    await input.fill(CODE);
    await input.press("Enter");
    await isOpen(page);
    assert.deepEqual([api.count("challenge"), api.count("validate")], [2, 2]);
  });

  await t.test("a portal that is down, or out of reach, says so and offers the address; the code need not be typed again", async (t) => {
    const { page, api, input, status } = await open(t);
    await input.fill(CODE);
    for (const [instead, told] of [[{ status: 503, type: "unavailable" }, /does not answer/], ["down", /could not be reached/]]) {
      api.next = [instead];
      await input.press("Enter");
      await page.waitForFunction((told) => new RegExp(told).test(document.querySelector(".portal-status").textContent), told.source);
      assert.equal(await status.getByRole("link").getAttribute("href"), "mailto:contact@crescosystem.com");
    }
    await input.press("Enter");
    await isOpen(page);
  });

  await t.test("without JavaScript the page says whom to write to", async (t) => {
    const page = await openPage(t, browser, { javaScriptEnabled: false });
    await page.goto(server.at("/portal/"));
    const without = page.locator(".portal-without");
    assert.match(await without.innerText(), /needs JavaScript.*Write to us/s);
    assert.equal(await without.getByRole("link").getAttribute("href"), "mailto:contact@crescosystem.com");
    assert.equal(await page.locator(".portal-entry").isVisible(), false);
  });
});
