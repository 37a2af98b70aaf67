// Two vendors' own scripts, as they are published, on the sites that declare them: they run after consent, under the strict policy
// and with Trusted Types on, and are silent before it and after its withdrawal.

import assert from "node:assert/strict";
import test from "node:test";

import { openPage } from "../support/browser.js";
import { banner, press, reloads } from "../support/choices.js";
import { HOSTED, INSIGHTS, LIKE_A_PERSON, packaged } from "../support/published.js";
import { copySite, example, serve } from "../support/site.js";
import { openVendors } from "../support/vendors.js";

/** Errors, and what the policy refused. */
async function listen(page) {
  const heard = [];
  page.on("pageerror", (error) => heard.push(error.message));
  await page.exposeBinding("__breach", (_, what) => heard.push(what));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => globalThis.__breach(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)));
  return heard;
}
const withdraw = (page) => page.getByRole("button", { name: "Withdraw my consent" }).click();

// Promises: cluently/usage-after-consent, cluently/analytics-consent, cluently/posthog, cluently/posthog-region, cluently/posthog-cookies
test("PostHog on Cluently", async (t) => {
  const ASSETS = "eu-assets.i.posthog.com";
  const EVENTS = "eu.i.posthog.com";
  const own = {
    [`${ASSETS}/static/array.js`]: packaged("posthog-js", "dist/array.js"),
    [`${ASSETS}/array/phc_stand-in/config.js`]: "",
    [`${ASSETS}/array/phc_stand-in/config`]: "{}",
    [`${EVENTS}/flags/`]: '{"featureFlags":{}}',
  };
  const vendors = await openVendors(t, own);
  const server = await serve(t, await copySite(t, example("cluently")));
  const browser = await vendors.browser(t, LIKE_A_PERSON);
  const page = await openPage(t, browser);
  const faults = await listen(page);
  const cookies = async () => (await page.context().cookies()).map(({ name }) => name).sort();
  const keys = () => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => /^ph_|posthog/.test(key)));
  const isEvent = ({ host, address, method }) => host === EVENTS && method === "POST" && /\/(e|i\/v0\/e)\/$/.test(address);

  await t.test("is silent before consent", async () => {
    for (const path of ["/", "/privacy/", "/cookies/"]) await page.goto(server.at(path));
    assert.deepEqual(await vendors.addresses(page.context()), []);
    assert.deepEqual([await cookies(), await keys()], [[], []]);
  });

  await t.test("runs and sends its events after it", async () => {
    await reloads(page, () => press(banner(page), "accept"));
    await vendors.until(isEvent, "an event");
    assert.equal(await page.evaluate(() => globalThis.posthog.__loaded), true);
    assert.deepEqual(await cookies(), ["ph_phc_stand-in_posthog", "plainsite-consent"]);
    assert.ok((await keys()).includes("ph_phc_stand-in_posthog"), String(await keys()));
    const hosts = await vendors.hosts(page.context());
    assert.deepEqual(hosts, [ASSETS, EVENTS]);
    await page.goto(server.at("/"));
    await vendors.until(isEvent, "an event of the next page");
    assert.deepEqual(faults, []);
  });

  // Promises: cluently/consent-withdrawn-any-time
  await t.test("is gone after a withdrawal, with all that it stored", async () => {
    await reloads(page, () => withdraw(page));
    assert.deepEqual(await cookies(), ["plainsite-consent"]);
    assert.deepEqual(await keys(), []);
    await vendors.take(page.context());
    for (const path of ["/privacy/", "/"]) await page.goto(server.at(path));
    assert.equal(await page.evaluate(() => typeof globalThis.posthog), "undefined");
    assert.deepEqual(await vendors.addresses(page.context()), []);
    assert.deepEqual([await cookies(), await keys()], [["plainsite-consent"], []]);
  });
});

// Promises: cresco/analytics-after-consent, cresco/basis-analytics, cresco/third-parties-after-consent
test("Vercel Web Analytics on CRESCO", async (t) => {
  const site = await copySite(t);
  // The package brings the host's script by itself, as most sites that use it have it.
  await site.edit("templates/base.html", `<script src="${INSIGHTS}/script.js"></script>`, `<script type="module" src="${INSIGHTS}/package.js"></script>`);
  const vendors = await openVendors(t, {
    "insights.example/package.js": `${packaged("@vercel/analytics", "dist/index.mjs")}\ninject({ mode: "production" }); track("opened", { by: "test" });`,
    "insights.example/script.js": HOSTED,
  });
  const server = await serve(t, site);
  const browser = await vendors.browser(t);
  const page = await openPage(t, browser);
  // On the host these addresses are answered by the vendor; here they are passed on to it.
  const passed = await openPage(t, browser);
  await page.context().route(`**${INSIGHTS}/**`, async (route) => {
    const request = route.request();
    const answer = await passed.context().request.fetch(`${vendors.url}${new URL(request.url()).pathname.slice(INSIGHTS.length)}`, {
      method: request.method(),
      headers: { host: "insights.example" },
      data: request.postData() ?? undefined,
      ignoreHTTPSErrors: true,
    });
    await route.fulfill({ response: answer });
  });
  const faults = await listen(page);

  await t.test("is silent before consent and after a refusal", async () => {
    await page.goto(server.at("/"));
    await page.goto(server.at("/services/"));
    await press(banner(page), "refuse");
    await page.goto(server.at("/"));
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });

  await t.test("runs and sends its events after consent", async () => {
    await reloads(page, () => page.evaluate(() => plainsite.consent.accept()));
    const view = await vendors.until(({ address }) => address === "insights.example/view", "a view");
    assert.deepEqual(JSON.parse(view.body), { o: server.url });
    const event = await vendors.until(({ address }) => address === "insights.example/event", "an event");
    assert.equal(JSON.parse(event.body).name, "opened");
    assert.deepEqual((await vendors.addresses(page.context())).slice(0, 2), ["insights.example/package.js", "insights.example/script.js"]);
    assert.deepEqual(faults, []);
  });

  await t.test("is silent after a withdrawal", async () => {
    await reloads(page, () => withdraw(page));
    await vendors.take(page.context());
    await page.goto(server.at("/services/"));
    assert.equal(await page.evaluate(() => typeof globalThis.va), "undefined");
    assert.deepEqual(await vendors.addresses(page.context()), []);
  });
});
