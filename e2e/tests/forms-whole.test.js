// Forms on the real thing: `plainsite serve` with its functions, its store and its stand-ins, and nothing between them and the browser.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { cutText, inaccessible, listen, overflow, unseenFocus } from "../support/faults.js";
import { fillIn, TYPED } from "../support/forms.js";
import { copySite, serve } from "../support/site.js";

const PATHS = { en: "/contact/", fr: "/fr/contact/" };
const THANKS = /\/contact\/thanks\/#/;
const REFERENCE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Goes to a development page. The one before it shows itself anew when something happens, which may cut the way to the next one short. */
async function go(page, server, name) {
  for (;;) {
    try {
      return await page.goto(server.at(`/_plainsite/${name}`));
    } catch (error) {
      if (!/interrupted by another navigation/.test(error.message)) throw error;
    }
  }
}

/** What a development page shows, once it holds a text; it keeps itself up to date. */
async function shown(page, server, name, text) {
  await go(page, server, name);
  await page.locator("article", { hasText: text }).first().waitFor();
  return page.locator("main").innerText();
}

/** Waits until every delivery of the leads there are has arrived. */
async function delivered(page, server, leads) {
  await go(page, server, "leads");
  await page.waitForFunction((wanted) => {
    const states = [...document.querySelectorAll("tbody tr td:nth-child(2)")].map((cell) => cell.innerText);
    return states.length === wanted && states.every((state) => state === "sent");
  }, 4 * leads);
}

/** Posts the form as a browser without a script does. */
function plain(server, values) {
  const headers = { origin: new URL(server.url).origin };
  return fetch(server.at("/api/contact"), { method: "POST", headers, body: new URLSearchParams({ ...values, _language: "en" }), redirect: "manual" });
}

const names = (lang, path) => ({ ...TYPED, name: `Ada ${lang} ${path} <b>&amp;` });

test("the discovery form, from the page to everybody who is to have it", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);
  const desk = await openPage(t, browser);

  await t.test("before anything was sent, each development page says what to do", async () => {
    for (const name of ["mailbox", "leads", "notion", "automation"]) {
      await desk.goto(server.at(`/_plainsite/${name}`));
      assert.match(await desk.locator("main .nothing").innerText(), /^No .* yet\. /, name);
    }
  });

  for (const [lang, path] of Object.entries(PATHS)) {
    await t.test(`with its script: a real token and proof, ${lang}`, async (t) => {
      const page = await openPage(t, browser);
      const ears = await listen(page, new URL(server.url).origin);
      await page.goto(server.at(path));
      const form = await fillIn(page, names(lang, "script"));
      // The token holds only after three seconds; the script waits for that by itself.
      await form.getByRole("button").click();
      await page.waitForURL(THANKS);
      assert.match(await page.locator("[data-form-reference] code").innerText(), REFERENCE);
      assert.deepEqual(ears.take().filter((fault) => !/425/.test(fault)), []);
    });

    await t.test(`without a script: what is wrong is told in a page, then it is taken, ${lang}`, async (t) => {
      const page = await openPage(t, browser, { javaScriptEnabled: false });
      await page.goto(server.at(path));
      const form = await fillIn(page, { ...names(lang, "plain"), email: "ada@localhost" });
      await form.getByRole("button").click();
      await page.waitForURL(/\/api\/contact$/);
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      const email = page.locator("[name=email]");
      assert.equal(await email.inputValue(), "ada@localhost");
      assert.equal(await page.locator("[name=name]").inputValue(), names(lang, "plain").name);
      await email.fill(TYPED.email);
      await page.locator("form").getByRole("button").click();
      await page.waitForURL(THANKS);
    });
  }

  await t.test("all of it is on the development pages", async () => {
    await delivered(desk, server, 4);
    const leads = await shown(desk, server, "leads", "Ada");
    const notion = await shown(desk, server, "notion", "Ada");
    for (const lang of Object.keys(PATHS)) {
      for (const path of ["script", "plain"]) {
        for (const text of [leads, notion]) assert.equal(text.split(names(lang, path).name).length, 2, `${lang} ${path} once in\n${text}`);
      }
    }
    const automation = await shown(desk, server, "automation", "POST");
    assert.equal(automation.match(/"form": "contact"/g).length, 4);
    assert.doesNotMatch(automation, /Ada|example\.com/, "the automation gets no field");
    const mailbox = await shown(desk, server, "mailbox", TYPED.email);
    assert.equal(await desk.locator("article").count(), 8);
    assert.ok(mailbox.includes("operations@development.example"));
    // A letter is shown as a mail program would show it, and runs nothing.
    const letter = desk.frameLocator("article iframe").first();
    await letter.locator("body").getByText("CRESCO").first().waitFor();
    assert.equal(await desk.locator("article iframe").first().getAttribute("sandbox"), "");
  });

  await t.test("the development pages are without fault, light and dark, on narrow screens and wide ones", async (t) => {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [360, 1280]) {
        const page = await openPage(t, browser, { viewport: { width, height: 800 }, colorScheme });
        const ears = await listen(page, new URL(server.url).origin);
        for (const name of ["", "mailbox", "leads", "notion", "automation", "checks", "registry"]) {
          await page.goto(server.at(`/_plainsite/${name}`));
          const faults = [...(await overflow(page)), ...(await cutText(page)), ...(await inaccessible(page))];
          // Within a letter, the focus is the letter's.
          if (name !== "mailbox") faults.push(...(await unseenFocus(page)));
          // A page that goes away no longer asks whether it has changed.
          assert.deepEqual([...faults, ...ears.take().filter((fault) => !/ERR_ABORTED/.test(fault))], [], `${name} at ${width} px, ${colorScheme}`);
        }
      }
    }
  });

  await t.test("the button delivers, and no other page may press it", async () => {
    await desk.goto(server.at("/_plainsite/leads"));
    await desk.getByRole("button", { name: "Deliver now" }).click();
    await desk.waitForURL(/\/_plainsite\/leads$/);
    const from = (headers) => fetch(server.at("/_plainsite/leads/deliver"), { method: "POST", headers, redirect: "manual" });
    assert.equal((await from({ origin: "https://evil.example" })).status, 403);
    assert.equal((await from({})).status, 403);
    assert.equal((await from({ origin: new URL(server.url).origin })).status, 303);
  });
});

test("a changed form is judged by its new rules at once", async (t) => {
  const site = await copySite(t);
  const server = await serve(t, site);
  const before = await plain(server, { ...TYPED, agency: "" });
  assert.equal(before.status, 303);
  const mark = server.mark();
  const label = "    label: { en: Name of your agency";
  await site.edit("content/forms/contact.yaml", label, `    required: true\n    why: { en: to know you, fr: pour vous connaître }\n${label}`);
  await server.saysAfter(mark, /^built /);
  const after = await plain(server, { ...TYPED, agency: "", email: "grace@example.com" });
  assert.equal(after.status, 422);
  assert.match(await after.text(), /name="agency"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*name="agency"/);
  // The page has a policy of its own, stricter than the site's.
  const policy = after.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /script-src/);
});

test("a site whose e-mails go to a mail server has them in its mailbox as well", async (t) => {
  const site = await copySite(t);
  await site.edit("content/privacy.yaml", "    use: resend\n", "    use: resend\n    calls: [smtp.resend.com]\n");
  const server = await serve(t, site);
  assert.equal((await plain(server, TYPED)).status, 303);
  const desk = await openPage(t, await openBrowser(t));
  await delivered(desk, server, 1);
  const mailbox = await shown(desk, server, "mailbox", TYPED.email);
  assert.match(mailbox, /The message as it was sent[\s\S]*multipart\/alternative/);
  assert.equal(await desk.locator("article").count(), 2);
});

test("a server that ends and comes back", async (t) => {
  const site = await copySite(t);
  const first = await serve(t, site);
  const browser = await openBrowser(t);
  const page = await openPage(t, browser);
  await page.goto(first.at("/contact/"));
  const form = await fillIn(page, names("en", "return"));
  const draft = () => page.evaluate(() => JSON.parse(sessionStorage.getItem("plainsite-draft-contact")));
  const { key } = await draft();
  await first.stop();

  await form.getByRole("button").click();
  await page.locator(".form-status a[href^='mailto:']").waitFor();
  assert.deepEqual([(await draft()).key, (await draft()).values.name], [key, names("en", "return").name]);

  const keys = [];
  page.on("request", (request) => request.method() === "POST" && keys.push(request.headers()["idempotency-key"]));
  const second = await serve(t, site, { port: new URL(first.url).port });
  await page.waitForURL(THANKS, { timeout: 60_000 });
  assert.deepEqual([...new Set(keys)], [key]);
  assert.equal(await draft(), null);

  const desk = await openPage(t, browser);
  await delivered(desk, second, 1);
  for (const name of ["leads", "notion"]) await shown(desk, second, name, names("en", "return").name);
  await shown(desk, second, "automation", "POST /hook");
  await shown(desk, second, "mailbox", TYPED.email);
});
