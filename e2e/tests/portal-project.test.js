// A project as the portal shows it: all of it, parts of it, nothing of it; in two languages, on every screen, and on paper.

import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { openBrowser, openPage } from "../support/browser.js";
import { allFaults, badPrint, cutText, listen, overflow, unseenFocus } from "../support/faults.js";
import { BILLING, CODE, day, large, openProject, PROGRESS, PROJECT } from "../support/portal.js";
import { copySite, serve } from "../support/site.js";

const PATHS = { en: "/portal/", fr: "/fr/portail/" };

test("a project in the portal", async (t) => {
  const server = await serve(t, await copySite(t));
  const browser = await openBrowser(t);
  const open = async (t, { path = PATHS.en, view, ...options } = {}) => (await openProject(await openPage(t, browser, options), server, path, view)).page;
  const text = (page, part) => page.locator(part).innerText();

  // Promises: cresco/portal-project, cresco/portal-progress, cresco/portal-updates, cresco/portal-invoices
  // Promises: cresco/portal-payment-references, cresco/portal-transactions
  await t.test("is told whole", async (t) => {
    const page = await open(t);
    assert.equal(await text(page, "#portal-name"), PROJECT.name);
    assert.equal(await page.locator("#portal-name").getAttribute("lang"), "fr", "the project's own texts have their own language");
    const steps = await text(page, ".portal-phases");
    for (const { name, milestones = [], deliverables = [] } of PROJECT.phases) {
      for (const part of [{ name }, ...milestones, ...deliverables]) assert.ok(steps.includes(part.name), part.name);
    }
    assert.deepEqual(await page.locator(".portal-phases progress").evaluateAll((all) => all.map(({ value }) => value)), [100, 40, 0]);
    assert.match(await text(page, ".portal-next"), /Anciennes demandes reprises.*was due .*Dates à convenir.*Waiting.*Tous les flux/s);
    assert.match(await text(page, ".portal-due"), /€1,200\.50.*F-2026-0003.*due by .*Pay/s);
    assert.match(await text(page, ".portal-invoices"), /€1,800\.50\s+€600\.00 paid\s+To be paid.*€2,400\.00\s+Paid.*in_1.*Withdrawn/s);
    assert.match(await text(page, ".portal-transactions"), /€600\.00\s+On its way\s+ch_3QWERTYUIOPASDFG\s+Premier versement.*€200\.00 refunded\s+Arrived.*Failed/s);
    assert.match(await text(page, ".portal-updates"), /La reprise prend plus de temps.*une à une\..*L’audit est terminé/s);
    assert.match(await text(page, ".portal-bar"), /Last refreshed: /);
  });

  await t.test("speaks the language of its page", async (t) => {
    const page = await open(t, { path: PATHS.fr });
    assert.match(await text(page, ".portal-due"), /1[\s\u202f]200,50\s€.*à régler avant le /s);
    assert.match(await text(page, ".portal-transactions"), /dont 200,00\s€ remboursés/);
    assert.match(await text(page, ".portal-phases"), /40\s%/);
  });

  await t.test("counts money in the smallest unit of each currency", async (t) => {
    const units = { JPY: "¥1,200", BHD: "1.200", USD: "$12.00", ISK: "ISK 12", MGA: "1,200" };
    const invoices = Object.keys(units).map((currency) => ({ ...BILLING.invoices[1], id: currency, number: currency, due: { amount: 1200, currency } }));
    const page = await open(t, { view: { project: PROJECT, progress: PROGRESS, billing: { invoices, transactions: [] } } });
    for (const [currency, amount] of Object.entries(units)) {
      const cell = await page.locator(".portal-invoices tr", { has: page.getByRole("rowheader", { name: currency, exact: true }) }).locator("td").nth(1).innerText();
      assert.ok(cell.replaceAll("\u00a0", " ").includes(amount), `${cell} has ${amount}`);
    }
  });

  await t.test("leads out by links that tell nobody where from, and by no others", async (t) => {
    const evil = { ...PROJECT, phases: [{ name: "<img src=x onerror=alert(1)>", status: "done", deliverables: [{ name: "x", status: "done", link: "javascript:alert(1)" }] }] };
    const page = await open(t, { view: { project: evil, progress: [100], billing: BILLING } });
    const links = await page.locator(".portal-project a").evaluateAll((all) => all.map(({ href, rel, target }) => [new URL(href).protocol, rel, target]));
    assert.ok(links.length >= 4);
    for (const link of links) assert.deepEqual(link, ["https:", "noopener noreferrer", "_blank"]);
    assert.equal(await text(page, ".portal-phase h4"), "<img src=x onerror=alert(1)>");
    assert.equal(await page.locator(".portal-project img").count(), 0);
  });

  await t.test("is shown in part, and says what is missing", async (t) => {
    for (const [billing, told, gone, there] of [
      [{ invoices: null, transactions: null }, /Invoices and payments could not/, ".portal-invoices, .portal-transactions, .portal-due", ".portal-next"],
      [{ ...BILLING, invoices: null }, /^Invoices could not/, ".portal-invoices, .portal-due", ".portal-transactions"],
      [{ ...BILLING, transactions: null }, /history of payments could not/, ".portal-transactions", ".portal-invoices"],
    ]) {
      const page = await openPage(t, browser);
      const { api } = await openProject(page, server, PATHS.en, { project: PROJECT, progress: PROGRESS, billing });
      assert.match(await text(page, ".portal-partial"), told);
      assert.equal(await page.locator(gone).count(), 0);
      assert.equal(await page.locator(there).count(), 1);
      api.views.set(CODE, { project: PROJECT, progress: PROGRESS, billing: BILLING });
      await page.locator(".portal-partial").getByRole("button", { name: "Try again" }).click();
      await page.locator(".portal-partial").waitFor({ state: "detached" });
      await page.locator(".portal-invoices").waitFor();
      assert.deepEqual([await page.locator(".portal-partial").count(), api.count("validate"), api.count("refresh")], [0, 1, 1]);
    }
  });

  await t.test("says where there is nothing", async (t) => {
    const bare = { name: "New", status: "planned" };
    const page = await open(t, { view: { project: bare, progress: [], billing: { invoices: [], transactions: [] } } });
    const said = await text(page, ".portal-project");
    for (const none of ["No date lies ahead", "Nothing is to be paid", "No dates are planned", "No phases are planned", "no invoice yet", "no payment yet", "no update yet"]) {
      assert.ok(said.includes(none), none);
    }
    const without = await open(t, { view: { project: bare, progress: [], billing: null } });
    assert.equal(await without.locator(".portal-invoices, .portal-transactions, .portal-due, .portal-partial").count(), 0);
  });

  // Promises: cresco/portal-dates
  await t.test("has a timeline, and the same as a table", async (t) => {
    const page = await open(t);
    const drawing = page.getByRole("img", { name: /Timeline of the project/ });
    await drawing.waitFor();
    assert.deepEqual(await drawing.evaluate((svg) => ["rect.timeline-bar", "path", ".timeline-today"].map((part) => svg.querySelectorAll(part).length)), [4, 5, 1]);
    const right = await drawing.evaluate((svg) => Math.max(...[...svg.querySelectorAll("*")].map((part) => part.getBoundingClientRect().right)) - svg.getBoundingClientRect().right);
    assert.ok(right <= 1, `the drawing sticks out by ${right}`);
    const rows = page.locator(".portal-timeline tbody tr");
    assert.equal(await rows.first().isVisible(), false);
    await page.getByText("The same as a table").click();
    assert.equal(await rows.count(), 10);
    assert.match(await rows.nth(1).innerText(), /Rapport remis\s+Milestone\s+.*\s+Done/);
  });

  await t.test("draws 200 milestones within a frame", async (t) => {
    const page = await open(t, { view: { project: large(20), progress: Array(10).fill(50), billing: null } });
    await page.locator(".timeline").waitFor();
    assert.equal(await page.locator(".timeline-mark").count(), 200);
    const [script] = await scripts(page, /timeline\./);
    const took = await page.evaluate(
      async ([script, words, project]) => {
        const { dated, timeline } = await import(script);
        const { speaker } = await import(words);
        const place = document.querySelector(".timeline-place");
        const speak = speaker({}, "en");
        const times = Array.from({ length: 21 }, () => {
          const start = performance.now();
          place.replaceChildren(timeline(dated(project), 1100, speak, "en"));
          place.getBoundingClientRect();
          return performance.now() - start;
        });
        // The best: what else the machine does is none of the drawing.
        return Math.min(...times);
      },
      [script, (await scripts(page, /words\./))[0], { ...large(20) }],
    );
    t.diagnostic(`portal-timeline: ${took.toFixed(1)} ms for 200 milestones, at most 16`);
    assert.ok(took <= 16, `${took} ms`);
  });

  await t.test("weighs at most 25 kB with its page, script and styles", async (t) => {
    const page = await openPage(t, browser);
    const bodies = new Map();
    page.on("response", (response) => bodies.set(new URL(response.url()).pathname, response));
    await openProject(page, server, PATHS.fr);
    let sum = 0;
    for (const [path, response] of bodies) {
      if (/^\/(fr\/portail\/|assets\/(portal|forms)\/.*)$/.test(path)) sum += gzipSync(await response.body(), { level: 9 }).length;
    }
    t.diagnostic(`portal-size: ${sum} bytes, at most 25000`);
    assert.ok(bodies.size > 8 && sum > 5000 && sum <= 25_000, `${sum} bytes`);
  });

  await t.test("fits every screen, light and dark, without fault", async (t) => {
    const origin = new URL(server.url).origin;
    for (const [lang, path] of Object.entries(PATHS)) {
      for (const [width, colorScheme] of [[320, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]]) {
        const page = await openPage(t, browser, { viewport: { width, height: 800 }, colorScheme });
        const ears = await listen(page, origin);
        await openProject(page, server, path);
        await page.locator(".timeline").waitFor();
        await page.locator("summary", { hasText: /same as a table|même chose/ }).click();
        assert.deepEqual([...(await allFaults(page, { lang })), ...(await overflow(page)), ...(await cutText(page)), ...ears.take()], [], `${lang} at ${width} px, ${colorScheme}`);
      }
    }
  });

  await t.test("is gone through by keyboard", async (t) => {
    const page = await open(t);
    // Loaded again, so that the focus begins at the top.
    await page.reload();
    await page.locator("#portal-name").waitFor();
    assert.deepEqual(await unseenFocus(page), []);
  });

  await t.test("prints what matters, dark on white", async (t) => {
    const page = await open(t, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await badPrint(page), []);
    assert.equal(await page.locator(".portal-entry").isVisible(), false);
    for (const part of [".portal-head", ".timeline", ".portal-invoices", ".portal-updates"]) assert.ok(await page.locator(part).isVisible(), part);
  });

  await t.test("is refreshed by its token", async (t) => {
    const page = await openPage(t, browser);
    const { api } = await openProject(page, server, PATHS.en);
    const renamed = { ...PROJECT, name: "Renamed", end: day(200) };
    api.views.set(CODE, { project: renamed, progress: PROGRESS, billing: BILLING });
    for (let times = 1; times <= 2; times += 1) {
      await page.getByRole("button", { name: "Refresh" }).click();
      await page.getByText("Refreshed.", { exact: true }).waitFor();
      assert.equal(await text(page, "#portal-name"), "Renamed");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Refresh");
    }
    assert.deepEqual([api.count("validate"), api.count("refresh")], [1, 2]);
    assert.equal(new Set(api.requests.filter(({ path }) => path.endsWith("refresh")).map(({ body }) => body)).size, 2, "each answer brings another token");
    api.next = [{ status: 503, type: "unavailable" }];
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.locator(".portal-status a").waitFor();
    assert.ok(await page.locator("#portal-name").isVisible(), "what was shown stays");
  });
});

/** The addresses of the scripts that a page has loaded. */
async function scripts(page, pattern) {
  const all = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  return all.filter((address) => pattern.test(address));
}
