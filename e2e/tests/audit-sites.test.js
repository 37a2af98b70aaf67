// `plainsite audit` on the three sites, with the vendors' own scripts standing in for their hosts: each keeps its word, and what it
// declares is what these scripts do. No host is contacted.

import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import test from "node:test";

import { audit, standIn } from "../support/audit.js";
import { found } from "../support/browser.js";
import { HOSTED, INSIGHTS, LIKE_A_PERSON, packaged } from "../support/published.js";
import { copySite, example } from "../support/site.js";

const STATES = ["untouched", "refused", "accepted", "only:analytics", "withdrawn", "gpc", "no-script"];
const ALLOWED = ["accepted", "only:analytics"];

/** The home page and one of the other language. A visit is seconds, and each page is visited in each of seven states; the pages of a
    site have the same gate, and the build has read all of them. */
const TWO_PAGES = ["--pages", "2"];

/** What is declared, and where it was seen, such as `cookie c_id: accepted`. */
const rows = (list, service) => list.filter((row) => row.service === service).map(({ what, name, states }) => `${what} ${name}: ${states.join(", ")}`).toSorted();

/** The addresses, without the site's own ones, that were asked for in a state, or all those below a path. */
const asked = (state, own = null) =>
  [...new Set(state.requests.filter(({ url }) => (own === null ? !url.startsWith("/") : url.startsWith(own))).map(({ method, url }) => `${method} ${url}`))].toSorted();

/** A site passes: nothing is found, and everything that was seen is declared. */
function passes({ code, stdout, stderr, report }, states) {
  assert.equal(code, 0, stderr + stdout);
  assert.deepEqual(report.diagnostics, []);
  assert.deepEqual(report.seen_and_not_declared, []);
  assert.equal(report.other_hosts, "stand-ins");
  assert.deepEqual(report.states.map(({ state }) => state), states);
  assert.deepEqual(report.states.flatMap(({ refused_by_the_policy: refused }) => refused), []);
}

/** In a state that forbids it, nothing of the service was asked for or kept. */
function isSilentUnlessAllowed({ report }, service) {
  for (const { state, requests, cookies, storage } of report.states.filter(({ state }) => !ALLOWED.includes(state))) {
    const seen = [...requests.map(({ url, services }) => [url, services]), ...[...cookies, ...storage].map(({ name, services }) => [name, services])];
    assert.deepEqual(seen.filter(([, services]) => services.includes(service)), [], state);
  }
}

// Promises: cresco/analytics-after-consent, cresco/third-parties-after-consent
test("the audit of CRESCO, with Vercel's analytics", async (t) => {
  const site = await copySite(t);
  await standIn(site, {
    // The package, started as a site's bundle would start it; it brings what the host serves, which lies here under another name.
    [`self${INSIGHTS}/script.js`]: `(() => { const module = {};
      ${packaged("@vercel/analytics", "dist/index.js").replace(/^0 && [^]*/m, "")}
      module.exports.inject({ mode: "production", scriptSrc: "${INSIGHTS}/hosted.js" });
      module.exports.track("opened", { by: "test" });
    })();`,
    [`self${INSIGHTS}/hosted.js`]: HOSTED,
    [`self${INSIGHTS}/view`]: "",
    [`self${INSIGHTS}/event`]: "",
  });
  const audited = await audit(site, TWO_PAGES);
  passes(audited, STATES);
  const { report } = audited;
  assert.deepEqual(rows(report.declared_and_seen, "analytics"), [`origin ${INSIGHTS}/: accepted, only:analytics`]);
  // Nobody types a draft into a form, or a code into the portal.
  assert.deepEqual(rows(report.declared_and_never_seen, "portal"), ["session plainsite-portal-code: ", "session plainsite-portal-token: "]);
  assert.deepEqual(report.declared_and_never_seen.map(({ service }) => service), ["forms", "portal", "portal"]);
  for (const state of ALLOWED) {
    assert.deepEqual(asked(audited.state(state)), []);
    assert.deepEqual(asked(audited.state(state), INSIGHTS), ["GET /_vercel/insights/hosted.js", "GET /_vercel/insights/script.js", "POST /_vercel/insights/event", "POST /_vercel/insights/view"]);
    assert.deepEqual(audited.state(state).cookies.map(({ name }) => name), ["plainsite-consent"]);
  }
  isSilentUnlessAllowed(audited, "analytics");
});

// Promises: cluently/analytics-after-consent, cluently/no-advertising-cookies, cluently/posthog-cookies
test("the audit of Cluently, with PostHog's script", async (t) => {
  const site = await copySite(t, example("cluently"));
  const [ASSETS, EVENTS] = ["eu-assets.i.posthog.com", "eu.i.posthog.com"];
  await standIn(site, {
    [`${ASSETS}/static/array.js`]: packaged("posthog-js", "dist/array.js"),
    [`${ASSETS}/array/phc_stand-in/config`]: "{}",
    [`${ASSETS}/array/phc_stand-in/config.js`]: "",
    [`${EVENTS}/flags/index.html`]: '{"featureFlags":{}}',
    [`${EVENTS}/e/index.html`]: '{"status":"Ok"}',
  });
  // PostHog sends no events of a browser that says that a program drives it, and what it stores with them would not be seen.
  await site.write("browser", `#!/bin/sh\nexec '${found()}' "$@" ${LIKE_A_PERSON.map((argument) => `'${argument}'`).join(" ")}\n`);
  await chmod(site.path("browser"), 0o755);
  const audited = await audit(site, [...TWO_PAGES, "--browser", site.path("browser")]);
  passes(audited, STATES);
  const { report } = audited;
  assert.deepEqual(rows(report.declared_and_seen, "analytics"), [
    "cookie ph_*_posthog: accepted, only:analytics",
    "local ph_*_posthog: accepted, only:analytics",
    `origin https://${ASSETS}: accepted, only:analytics`,
    `origin https://${EVENTS}: accepted, only:analytics`,
    "session ph_*: accepted, only:analytics",
  ]);
  // These two are the platform's, which is not this site.
  assert.deepEqual(report.declared_and_never_seen.map(({ service }) => service), ["session", "language"]);
  for (const state of ALLOWED) {
    const events = audited.state(state).requests.filter(({ url, method }) => method === "POST" && url === `https://${EVENTS}/e/`);
    assert.ok(events.length > 0, `no event was sent:\n${asked(audited.state(state)).join("\n")}`);
  }
  isSilentUnlessAllowed(audited, "analytics");
  for (const { state, requests } of report.states) {
    if (!ALLOWED.includes(state)) assert.deepEqual(requests.filter(({ url }) => !url.startsWith("/")), [], state);
  }
});

// Promises: qualify-crm/only-necessary-cookies, qualify-crm/no-advertising-cookies
test("the audit of Qualify, which asks for nothing", async (t) => {
  const site = await copySite(t, example("qualify-crm"));
  await standIn(site, {});
  const audited = await audit(site, TWO_PAGES);
  passes(audited, ["untouched", "gpc", "no-script"]);
  const { report } = audited;
  assert.deepEqual(report.declared_and_seen, []);
  // The session is the platform's, which is not this site; and nobody types a draft into a form.
  assert.deepEqual(report.declared_and_never_seen.map(({ service }) => service), ["forms", "session"]);
  for (const state of report.states) {
    assert.deepEqual([asked(state), state.cookies, state.storage], [[], [], []], state.state);
  }
});
