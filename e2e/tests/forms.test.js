// A form of the registry, as readers fill it in: its labels, what it asks for, by keyboard and on paper.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { allFaults, badPrint, cutText, listen, overflow, unseenFocus } from "../support/faults.js";
import { copySite, serve } from "../support/site.js";

const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };
const PATHS = { en: "/contact/", fr: "/fr/contact/" };
const NAMES = ["name", "email", "phone", "agency", "agency_type", "package", "message", "slot"];
const OPTIONAL = { en: ["phone", "agency"], fr: ["phone", "agency"] };

test("the discovery form", async (t) => {
  const site = await copySite(t);
  for (const file of ["content/contact.md", "content/contact.fr.md"]) {
    await site.write(file, `${await site.read(file)}\n{{ form(name="contact") }}\n`);
  }
  const server = await serve(t, site);
  const browser = await openBrowser(t);

  for (const [lang, path] of Object.entries(PATHS)) {
    for (const [width, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ["light", "dark"]) {
        await t.test(`is without fault and shows its focus at ${width} px, ${colorScheme}, ${lang}`, async (t) => {
          const page = await openPage(t, browser, { viewport, colorScheme });
          const ears = await listen(page, new URL(server.url).origin);
          await page.goto(server.at(path), { waitUntil: "load" });
          assert.deepEqual([...(await allFaults(page, { lang })), ...(await unseenFocus(page)), ...ears.take()], []);
        });
      }
    }

    await t.test(`fits at 320 px, and is black on white on paper, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { viewport: { width: 320, height: 640 }, colorScheme: "dark" });
      await page.goto(server.at(path));
      assert.deepEqual([...(await overflow(page)), ...(await cutText(page))], []);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      assert.deepEqual(await badPrint(page), []);
    });

    await t.test(`each control has a label, says why it is asked for, and is required unless it says optional, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(path));
      const form = page.getByRole("form");
      assert.ok(await form.getAttribute("aria-label"));
      const controls = await form.locator("input:not([type=hidden]), select, textarea").evaluateAll((all) =>
        all.map((control) => ({
          name: control.name,
          label: [...control.labels].map((label) => label.innerText.trim()).join(),
          required: control.required,
          hint: control.getAttribute("aria-describedby")?.split(" ").map((id) => document.getElementById(id)?.innerText.trim() ?? `(no ${id})`).join(" ") ?? "",
        })),
      );
      assert.deepEqual(controls.map(({ name }) => name), NAMES);
      for (const { name, label, required, hint } of controls) {
        assert.ok(label.length > 3, name);
        assert.equal(required, !OPTIONAL[lang].includes(name), name);
        assert.equal(/\((optional|facultatif)\)/i.test(label), !required, `${name}: ${label}`);
        if (required) assert.match(hint, lang === "en" ? /^We ask for it to / : /^Nous le demandons pour |^Demandé pour /, name);
      }
    });

    await t.test(`is filled in and sent by keyboard alone, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      await page.goto(server.at(path));
      let sent;
      await page.route("**/api/**", (route) => {
        sent = { url: new URL(route.request().url()).pathname, method: route.request().method(), body: new URLSearchParams(route.request().postData()) };
        return route.fulfill({ status: 200, contentType: "text/html", body: "<title>Sent</title>" });
      });
      const form = page.getByRole("form");
      await form.locator("[name=name]").focus();
      await page.keyboard.type("Ada Lovelace");
      await page.keyboard.press("Enter");
      // The browser stops at the first field that lacks something, and says so.
      await page.waitForFunction(() => document.activeElement.name === "email");
      assert.equal(sent, undefined);
      await page.keyboard.type("ada@example.com");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.type("Design");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
      await page.keyboard.type("A problem, and a project.");
      await form.locator("[name=slot]").fill("2027-01-20T10:00");
      await form.getByRole("button").focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.title === "Sent");
      assert.equal(sent.method, "POST");
      assert.match(sent.url, /^\/api\//);
      assert.equal(sent.body.get("name"), "Ada Lovelace");
      assert.equal(sent.body.get("package"), "audit");
      assert.equal(sent.body.get("phone"), "");
    });
  }
});
