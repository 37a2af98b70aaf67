// A form of the registry, as readers see it and fill it in: its labels, what it asks for, by keyboard, without a script and on paper.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { allFaults, badPrint, cutText, listen, overflow, unseenFocus } from "../support/faults.js";
import { Api, fillIn, TYPED } from "../support/forms.js";
import { copySite, example, serve } from "../support/site.js";

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };
const PATHS = { en: "/contact/", fr: "/fr/contact/" };
const OPTIONAL = ["phone", "agency"];

test("the discovery form", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);

  for (const [lang, path] of Object.entries(PATHS)) {
    for (const [width, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ["light", "dark"]) {
        await t.test(`is without fault, empty and with all its faults, at ${width} px, ${colorScheme}, ${lang}`, async (t) => {
          const page = await openPage(t, browser, { viewport, colorScheme });
          const ears = await listen(page, new URL(server.url).origin);
          await new Api().attach(page);
          await page.goto(server.at(path), { waitUntil: "load" });
          assert.deepEqual([...(await allFaults(page, { lang })), ...(await unseenFocus(page))], []);
          await page.getByRole("form").getByRole("button").click();
          await page.locator(".form-summary:focus").waitFor();
          assert.deepEqual([...(await allFaults(page, { lang })), ...ears.take()], []);
        });
      }
    }

    await t.test(`fits at 320 px with all its faults, and is black on white on paper, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { viewport: { width: 320, height: 640 }, colorScheme: "dark" });
      await new Api().attach(page);
      await page.goto(server.at(path));
      await page.getByRole("form").getByRole("button").click();
      assert.deepEqual([...(await overflow(page)), ...(await cutText(page))], []);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      assert.deepEqual(await badPrint(page), []);
    });

    // Promises: cresco/form-names, cresco/form-email, cresco/form-phone, cresco/form-agency, cresco/form-agency-type, cresco/form-package
    // Promises: cresco/form-description, cresco/form-time-slot, cresco/form-exactly-these-fields
    await t.test(`each control has a label, says why it is asked for, and is required unless it says optional, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(path));
      const form = page.getByRole("form");
      assert.ok(await form.getAttribute("aria-label"));
      const controls = await form.locator(":is(input:not([type=hidden]), select, textarea)[name]:not([tabindex='-1'])").evaluateAll((all) =>
        all.map((control) => ({
          name: control.name,
          label: [...control.labels].map((label) => label.innerText.trim()).join(),
          required: control.required,
          hint: control.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.innerText.trim() ?? `(no ${id})`).join(" ").trim(),
        })),
      );
      assert.deepEqual(controls.map(({ name }) => name), Object.keys(TYPED));
      for (const { name, label, required, hint } of controls) {
        assert.ok(label.length > 3, name);
        assert.equal(required, !OPTIONAL.includes(name), name);
        assert.equal(/\((optional|facultatif)\)/i.test(label), !required, `${name}: ${label}`);
        if (required) assert.match(hint, lang === "en" ? /^We ask for it to / : /^Nous le demandons pour |^Demandé pour /, name);
      }
      const told = await form.locator(".form-told").innerText();
      for (const word of ["Notion", "Resend", "Make.com", "Vercel", lang === "en" ? "2 years" : "2 ans"]) assert.ok(told.includes(word), `${word}: ${told}`);
      assert.equal(await form.locator(".form-told a").getAttribute("href"), lang === "en" ? "/privacy/" : "/fr/confidentialite/");
    });

    await t.test(`is filled in and sent by keyboard alone, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { locale: lang === "en" ? "en-GB" : "fr-FR" });
      const api = await new Api().attach(page);
      await page.goto(server.at(path));
      const keys = async (...all) => {
        for (const key of all) await page.keyboard.press(key);
      };
      await page.getByRole("form").locator("[name=name]").focus();
      await page.keyboard.type("Ada Lovelace");
      await keys("Enter");
      // Everything that is missing is told above, and each link leads to its field.
      await page.locator(".form-summary:focus").waitFor();
      assert.equal(api.posts.length, 0);
      assert.equal(await page.locator(".form-summary li").count(), 5);
      await keys("Tab", "Enter");
      await page.waitForFunction(() => document.activeElement.name === "email");
      await page.keyboard.type("ada@example.com");
      // The country's code is chosen already, by the browser's language.
      await keys("Tab", "Tab");
      await page.keyboard.type(lang === "en" ? "020 7946 0000" : "06 12 34 56 78");
      await keys("Tab", "Tab");
      await page.keyboard.type("Design");
      await keys("Tab", "ArrowDown", "Tab");
      await page.keyboard.type("A problem, and a project.");
      await page.getByRole("form").locator("[name=slot]").fill("2027-01-20T10:00");
      await page.getByRole("form").getByRole("button").focus();
      await keys("Enter");
      await page.waitForURL(/thanks/);
      const body = JSON.parse(api.posts[0].body);
      assert.equal(body.phone, lang === "en" ? "+44 20 7946 0000" : "+33 6 12 34 56 78");
      assert.deepEqual([body.package, body._language, body.slot], ["audit", lang, "2027-01-20T10:00"]);
    });

    await t.test(`tells the zone of its times, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { timezoneId: "Asia/Kathmandu" });
      const api = await new Api().attach(page);
      await page.goto(server.at(path));
      assert.match(await page.locator("[data-zone]").innerText(), /Asia\/Kat(h)?mandu/);
      assert.match(await page.locator("[name=slot]").getAttribute("min"), /^\d{4}-\d\d-\d\dT00:00$/);
      const form = await fillIn(page);
      await form.getByRole("button").click();
      await page.waitForURL(/thanks/);
      assert.match(JSON.parse(api.posts[0].body)._zone, /^Asia\/Kat(h)?mandu$/);
    });

    // Promises: cresco/form-exactly-these-fields
    await t.test(`works without a script, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { javaScriptEnabled: false });
      let sent;
      await page.route("**/api/**", (route) => {
        sent = { url: new URL(route.request().url()).pathname, method: route.request().method(), body: new URLSearchParams(route.request().postData()) };
        return route.fulfill({ status: 303, headers: { location: lang === "en" ? "/contact/thanks/" : "/fr/contact/thanks/" } });
      });
      await page.goto(server.at(path));
      assert.equal(await page.locator("[data-code-of]").isVisible(), false);
      assert.match(await page.locator("[data-zone]").innerText(), /JavaScript/);
      const form = page.getByRole("form");
      await form.getByRole("button").click();
      assert.equal(sent, undefined, "the browser itself stops at what is missing");
      await fillIn(page);
      await form.getByRole("button").click();
      await page.waitForURL(/thanks/);
      assert.deepEqual([sent.url, sent.method], ["/api/contact", "POST"]);
      const { _language, company_website, ...typed } = Object.fromEntries(sent.body);
      assert.deepEqual([_language, company_website], [lang, ""]);
      assert.deepEqual(typed, { ...TYPED, message: TYPED.message.replace("\n", "\r\n") });
    });

    await t.test(`thanks are without fault and tell what happens and what is kept, ${lang}`, async (t) => {
      for (const width of [320, 1280]) {
        const page = await openPage(t, browser, { viewport: { width, height: 800 } });
        const ears = await listen(page, new URL(server.url).origin);
        const reference = "0192f7c5-9d1c-7000-8000-0123456789ab";
        await page.goto(server.at(`${path}thanks/#ref=${reference}`));
        assert.deepEqual([...(await allFaults(page, { lang })), ...ears.take()], []);
        const text = await page.locator("main").innerText();
        for (const word of [reference, "Notion", "contact@crescosystem.com", lang === "en" ? "2 years" : "2 ans"]) assert.ok(text.includes(word), `${word}: ${text}`);
        assert.equal(await page.locator("#next + ol > li").count(), 3);
        await page.goto(server.at("/"));
        await page.goto(server.at(`${path}thanks/#ref=<b>x</b>`));
        assert.equal(await page.locator("[data-form-reference]").isVisible(), false);
      }
    });
  }
});

// Promises: qualify-crm/lead-fields
test("the lead form of Qualify is without fault, and says what is noted beside it", async (t) => {
  const server = await serve(t, await copySite(t, example("qualify-crm")));
  const browser = await openBrowser(t);
  for (const [lang, path] of Object.entries({ en: "/lead/", fr: "/fr/lead/" })) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await openPage(t, browser, { viewport: SIZES[360], colorScheme });
      const ears = await listen(page, new URL(server.url).origin);
      await page.goto(server.at(path));
      assert.deepEqual([...(await allFaults(page, { lang })), ...ears.take()], []);
      const form = page.getByRole("form");
      assert.equal(await form.getAttribute("action"), "/api/forms/lead");
      const fields = form.locator(":is(input:not([type=hidden]), select, textarea)[name]:not([tabindex='-1'])");
      assert.deepEqual(await fields.evaluateAll((all) => all.map(({ name }) => name)), ["name", "email", "phone", "message"]);
      await page.goto(server.at(`${path}thanks/`));
      assert.match(await page.locator("main").innerText(), /UTM/);
    }
  }
});
