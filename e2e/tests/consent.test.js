// What the browser itself holds back before consent, whatever a page asks for.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { reloads } from "../support/choices.js";
import { copySite, serve } from "../support/site.js";

const SCRIPT = "/_vercel/insights/script.js";
const SILENCE = "\nsilence:\n  - { rule: ungated-service, reason: this copy shows what the browser does with a script that the check would refuse }\n";

test("analytics that a page loads without asking", async (t) => {
  const site = await copySite(t);
  await site.write("content/ungated.md", `---\ntitle: Ungated\ndescription: A page that loads analytics by itself.\n---\n\nText.\n\n<script src="${SCRIPT}"></script>\n`);
  await site.write("content/site.yaml", (await site.read("content/site.yaml")) + SILENCE);
  const server = await serve(t, site);
  const browser = await openBrowser(t);

  /** What the server was asked for, and what the browser refused to ask for. */
  const visit = async (t, cookies, accept = () => {}) => {
    const page = await openPage(t, browser);
    await page.goto(server.url);
    await accept(page);
    await page.context().addCookies(cookies.map(([name, value]) => ({ name, value, url: server.url })));
    const answered = [];
    const refused = [];
    page.on("response", (response) => answered.push(new URL(response.url()).pathname));
    await page.exposeBinding("__refused", (_, what) => refused.push(what));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => globalThis.__refused([event.effectiveDirective, new URL(event.blockedURI).pathname]));
    });
    await page.goto(server.at("/ungated/"), { waitUntil: "load" });
    // What a script of the site's own could ask for, or somebody's extension that runs in the page.
    await page.evaluate(() => fetch("/_vercel/insights/event", { method: "POST" }).catch(() => {}));
    await page.evaluate(() => navigator.sendBeacon("/_vercel/insights/beacon"));
    await page.evaluate(() => fetch("/api/health"));
    return { answered, refused };
  };

  await t.test("is not asked for before consent", async (t) => {
    const { answered, refused } = await visit(t, []);
    assert.deepEqual(answered.filter((path) => path.startsWith("/_vercel/")), []);
    assert.deepEqual(refused, [
      ["script-src-elem", SCRIPT],
      ["connect-src", "/_vercel/insights/event"],
      ["connect-src", "/_vercel/insights/beacon"],
    ]);
    assert.ok(answered.includes("/api/health"), "the site's own functions are never held back");
  });

  await t.test("is not asked for after consent to something else", async (t) => {
    const { answered } = await visit(t, [["plainsite-consent", "marketing"]]);
    assert.deepEqual(answered.filter((path) => path.startsWith("/_vercel/")), []);
  });

  await t.test("is asked for after consent", async (t) => {
    const { answered, refused } = await visit(t, [], (page) => reloads(page, () => page.evaluate(() => plainsite.consent.accept())));
    assert.deepEqual(refused, []);
    assert.ok(answered.includes(SCRIPT), answered.join(", "));
    assert.ok(answered.includes("/_vercel/insights/event"), answered.join(", "));
  });
});
