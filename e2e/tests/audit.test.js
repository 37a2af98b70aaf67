// `plainsite audit`: a site that keeps its word passes, and whatever does not is named, with what started it.

import assert from "node:assert/strict";
import { mkdir, readFile, stat } from "node:fs/promises";
import test from "node:test";

import { audit, copyAudited, hostWithoutPolicy } from "../support/audit.js";
import { run } from "../support/site.js";

const STATES = ["untouched", "refused", "accepted", "only:count", "only:maps", "once:maps", "withdrawn", "gpc", "no-script"];

/** Loads a script of the site on every page. */
async function plant(site, name, script) {
  await mkdir(site.path("templates/js"), { recursive: true });
  await site.write(`templates/js/${name}.js`, `{${script}}\n`);
  await site.edit("templates/base.html", "{% endblock head %}", `<script src="{{ asset(path="js/${name}.js") }}" defer></script>\n{% endblock head %}`);
}

const silence = async (site, ...rules) => {
  const lines = rules.map((rule) => `  - { rule: ${rule}, reason: the audit is to see what the check would refuse }\n`);
  await site.write("content/site.yaml", `${await site.read("content/site.yaml")}silence:\n${lines.join("")}`);
};

test("the audit of a site that keeps its word", async (t) => {
  const site = await copyAudited(t);
  const passed = await audit(site);
  assert.equal(passed.code, 0, passed.stderr + passed.stdout);
  assert.deepEqual(JSON.parse(passed.stdout), []);
  const { report } = passed;
  assert.deepEqual(report.states.map(({ state }) => state), STATES);
  assert.deepEqual(report.states.flatMap(({ state, notes }) => notes.map((note) => `${state}: ${note}`)), []);
  assert.deepEqual(report.declared_and_never_seen, []);
  assert.deepEqual(report.seen_and_not_declared, []);
  assert.deepEqual(report.pages, { all: 4, visited: ["/", "/map/", "/page/", "/privacy/"] });

  await t.test("saw what a page sends as it goes, on every page", () => {
    const bye = passed.state("accepted").requests.find(({ url }) => url === "/_count/bye");
    assert.deepEqual([bye?.type, bye?.pages], ["Ping", report.pages.visited]);
  });

  await t.test("saw services only where they were agreed to", () => {
    const of = (service) => report.states.filter(({ requests }) => requests.some(({ services }) => services.includes(service))).map(({ state }) => state);
    assert.deepEqual(of("count"), ["accepted", "only:count"]);
    assert.deepEqual(of("maps"), ["accepted", "only:maps", "once:maps"]);
    assert.deepEqual(passed.state("withdrawn").cookies.map(({ name, survived_withdrawal: survived }) => [name, survived]).toSorted(), [["map_id", true], ["plainsite-consent", true]]);
  });

  await t.test("left a report for people, with pictures and without a script", async () => {
    const html = await site.read("audit/index.html");
    assert.doesNotMatch(html, /<script/);
    for (const { state, picture } of report.states) {
      assert.ok(html.includes(`src="${picture}"`), state);
      const png = await readFile(site.path(`audit/${picture}`));
      assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)), state);
    }
    assert.equal(await site.read("audit/.gitignore"), "*\n");
    await assert.rejects(stat(site.path("public")), "an audit writes no site");
  });
});

test("the audit of a site that does not, behind its own policy", async (t) => {
  const site = await copyAudited(t);
  await silence(site, "undeclared-origin");
  await plant(site, "planted", `
    const { has } = plainsite.consent;
    const ask = (path) => { new Image().src = path; };
    document.cookie = "c_early=1; path=/";
    localStorage.setItem("planted-key", "1");
    ask("/pixel.gif");
    if (document.documentElement.dataset.consent === "decided" && !has("count") && !has("maps")) ask("/_count/refused.gif");
    if (has("maps") && !has("count")) ask("/_count/other.gif");
    setTimeout(() => ask("/late.gif"), 3000);
  `);
  await site.edit("content/page.md", "Text.", 'Text. <img src="https://pixel.example/p.gif" alt="">');
  await site.edit("content/privacy.yaml", 'cookies: [{ name: "c_*"', 'cookies: [{ name: never_set, keep: 1 day }, { name: "c_*"');
  await site.write("stand-ins/self/_count/script.js.headers", "Set-Cookie: c_http=1; HttpOnly; Path=/; Max-Age=1000\n");
  const failed = await audit(site);
  assert.equal(failed.code, 1, failed.stderr);
  const all = failed.found.join("\n\n");

  const planted = "/assets/js/planted.";
  for (const [what, ...words] of [
    ["a cookie before consent", "seen-without-consent", "the cookie `c_early`", "service `count`", "before any choice", planted],
    ["a request on refusal", "seen-without-consent", "`/_count/refused.gif`", "service `count`", "after refusing", planted],
    ["a service when another was accepted", "seen-without-consent", "`/_count/other.gif`", "with `maps` alone accepted", planted],
    ["a tracker on the site's own origin", "seen-undeclared", "`/pixel.gif`", "before any choice", planted],
    ["a tracker that waits", "seen-undeclared", "`/late.gif`", "before any choice", planted],
    ["a key nobody declared", "seen-undeclared", "local storage key `planted-key`", planted],
    ["a cookie that survives", "survives-withdrawal", "the cookie `c_http`", "service `count`"],
    ["a cookie that never appears", "declared-never-seen", "the cookie `never_set`", "service `count`"],
  ]) {
    await t.test(`names ${what}`, () => assert.ok(failed.names(...words), `${words.join(", ")} is not in:\n${all}`));
  }

  await t.test("tells what the policy held back as held back", () => {
    assert.doesNotMatch(all, /pixel\.example/);
    const refused = failed.state("untouched").refused_by_the_policy;
    assert.deepEqual(refused.map(({ url, directive, page }) => [url, directive, page]), [["https://pixel.example/p.gif", "img-src", "/page/"]]);
  });
});

test("the audit of a site that does not, on a host that sends no policy", async (t) => {
  const site = await copyAudited(t);
  await silence(site, "undeclared-origin");
  await site.edit("content/page.md", "Text.", 'Text. <img src="https://pixel.example/p.gif" alt="">');
  await site.write("content/sw.js", 'addEventListener("install", () => fetch("https://worker.example/ping", { mode: "no-cors" }).catch(() => {}));\n');
  await plant(site, "planted", `
    const { has } = plainsite.consent;
    navigator.serviceWorker.register("/sw.js");
    new FontFace("Planted", "url(https://fonts.example/f.woff2)").load().catch(() => {});
    addEventListener("pagehide", () => navigator.sendBeacon("https://beacon.example/bye"));
    if (document.documentElement.dataset.consent === "decided" && !has("maps")) fetch("https://tiles.example/refused", { mode: "no-cors" }).catch(() => {});
  `);
  await run(site, ["build"]);
  const url = await hostWithoutPolicy(t, site.path("public"));
  const failed = await audit(site, ["--url", url]);
  assert.equal(failed.code, 1, failed.stderr);
  const all = failed.found.join("\n\n");
  assert.equal(failed.report.site.audited, url);
  for (const [what, ...words] of [
    ["a pixel in Markdown, with JavaScript off as well", "https://pixel.example/p.gif", "`/page/`"],
    ["a font from another origin", "https://fonts.example/f.woff2", "/assets/js/planted."],
    ["what a service worker fetches", "https://worker.example/ping"],
    ["a beacon on page hide", "https://beacon.example/bye"],
    ["a request on refusal", "https://tiles.example/refused", "after refusing", "/assets/js/planted."],
  ]) {
    await t.test(`names ${what}`, () => assert.ok(failed.names("seen-undeclared", ...words), `${words.join(", ")} is not in:\n${all}`));
  }
  await t.test("sees what needs no script without JavaScript", () => {
    assert.ok(failed.state("no-script").requests.some((request) => request.url === "https://pixel.example/p.gif"));
  });
});
