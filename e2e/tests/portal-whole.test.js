// The whole portal, as a newcomer meets it: the address that the terminal prints, the sample project, the functions themselves.

import assert from "node:assert/strict";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { listen } from "../support/faults.js";
import { copySite, serve } from "../support/site.js";

/** The code that the terminal prints. */
const CODE = "CM-P1A1-NS1T";
const SECRET = /p1a1/i;

test("the sample project", async (t) => {
  const server = await serve(t, await copySite(t));
  const { origin } = new URL(server.url);
  const browser = await openBrowser(t);

  // Promises: cresco/code-goes-with-tab, cresco/keep-portal-session
  await t.test("opens by the code that is printed, is refreshed, and leaves nothing with its tab", async (t) => {
    const page = await openPage(t, browser);
    const ears = await listen(page, origin);
    const requests = [];
    page.on("request", (request) => requests.push(request));
    await page.goto(server.at("/portal/"));
    await page.getByLabel("Project code").fill("cm p1a1 ns1t");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.locator("#portal-name").waitFor();
    assert.equal(await page.locator("#portal-name").innerText(), "A lead desk for Studio Fern");
    assert.match(await page.locator(".portal-invoices").innerText(), /€1,800\.00\s+To be paid/);
    assert.match(await page.locator(".portal-transactions").innerText(), /Arrived/);
    assert.equal(await page.locator(".portal-phases progress").count(), 4);
    const mark = server.mark();
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Refreshed.", { exact: true }).waitFor();
    await server.saysAfter(mark, /POST \/api\/portal\/refresh: 200/);
    assert.equal(requests.filter((request) => SECRET.test((request.postData() ?? "") + request.url())).length, 1);
    assert.deepEqual(ears.take(), []);
    const { context } = { context: page.context() };
    await page.close();
    const next = await context.newPage();
    await next.goto(server.at("/portal/"));
    await next.locator(".portal-entry").waitFor();
    assert.deepEqual(await next.evaluate(() => [{ ...sessionStorage }, { ...localStorage }, document.cookie]), [{}, {}, ""]);
  });

  await t.test("opens by the link that is printed", async (t) => {
    const page = await openPage(t, browser);
    await page.goto(server.at(`/fr/portail/#${CODE}`));
    await page.locator("#portal-name").waitFor();
    assert.equal(page.url(), server.at("/fr/portail/"));
    assert.match(await page.locator(".portal-due").innerText(), /1[\s\u202f]800,00\s€/);
  });

  await t.test("stays shut for any other code, and a foreign token", async (t) => {
    const page = await openPage(t, browser);
    await page.goto(server.at("/portal/"));
    await page.locator("#portal-code").fill("CM-0000-0000");
    await page.keyboard.press("Enter");
    await page.getByText("No project opens with this code.").waitFor();
    await page.evaluate(() => {
      const stay = { token: "made-up", until: new Date(Date.now() + 60_000).toISOString(), seen: Date.now(), tab: crypto.randomUUID() };
      sessionStorage.setItem("plainsite-portal-token", JSON.stringify(stay));
    });
    await page.reload();
    await page.getByText("Your visit has ended.").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  // Promises: cresco/code-in-no-history-or-log
  await t.test("is told of on the development pages, and codes are told nowhere", async () => {
    const text = await (await fetch(server.at("/_plainsite/portal"))).text();
    for (const part of ["A lead desk for Studio Fern", "POST /api/portal/validate: 200", "POST /api/portal/validate: 403"]) assert.ok(text.includes(part), part);
    assert.ok(text.indexOf(CODE) === text.lastIndexOf(CODE), "the sample's own code is there once, for whoever reads the page");
    assert.doesNotMatch(server.said.join("\n"), /p1a1|0000-0000/i);
  });
});
