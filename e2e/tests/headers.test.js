// What the dev server answers, which is what the host will: headers, statuses, redirects.

import assert from "node:assert/strict";
import { request } from "node:http";
import test from "node:test";

import { allPages } from "../support/map.js";
import { copySite, serve } from "../support/site.js";

const PRODUCTION = {
  "strict-transport-security": /^max-age=(\d{8,}); includeSubDomains/,
  "x-content-type-options": /^nosniff$/,
  "referrer-policy": /^(strict-origin-when-cross-origin|strict-origin|same-origin|no-referrer)$/,
  "permissions-policy": /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
};

const get = (server, path, options = {}) => fetch(server.at(path), { redirect: "manual", ...options });

/** A request whose `Host` is not the server's own; `fetch` would not send it. */
function asHost(server, host) {
  return new Promise((resolve, reject) => {
    const asked = request(server.url, { headers: { host }, timeout: 15_000 }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}

test("the dev server's answers", async (t) => {
  const site = await copySite(t);
  await site.edit("content/privacy.md", "title: Privacy policy\n", "title: Privacy policy\naliases: [/old-policy/, /data-protection]\n");
  await site.write("content/été à lire.md", "# Summer reading\n\nA name with spaces and accents.\n");
  const server = await serve(t, site);
  const pages = await allPages(server);

  // Promises: cresco/https-only
  await t.test("pages carry the production headers", async () => {
    for (const { path, status } of pages) {
      const response = await get(server, path);
      const { headers } = response;
      assert.equal(response.status, status, path);
      assert.equal(headers.get("content-type"), "text/html; charset=utf-8", path);
      for (const [name, pattern] of Object.entries(PRODUCTION)) assert.match(headers.get(name) ?? "(none)", pattern, `${name} of ${path}`);
      const policy = directives(headers.get("content-security-policy"));
      assert.deepEqual(policy["default-src"], ["'none'"], path);
      // The analytics are scripts of this origin, which a bare `'self'` would let in: the site's own folders stand for it.
      const folders = (...names) => names.map((name) => server.at(`/${name}/`));
      assert.deepEqual(policy["script-src"]?.toSorted(), folders("_plainsite", "assets"), path);
      assert.deepEqual(policy["connect-src"]?.toSorted(), folders("_plainsite", "api"), path);
      assert.deepEqual(policy["style-src"], ["'self'", ...folders("_plainsite")], path);
      assert.deepEqual(policy["frame-ancestors"], ["'none'"], path);
      assert.deepEqual(policy["base-uri"], ["'none'"], path);
      assert.ok(policy["form-action"], path);
      assert.doesNotMatch(headers.get("content-security-policy").replaceAll(server.url, "/"), /unsafe-|\*|http:|data:/, path);
      assert.equal(headers.get("set-cookie"), null, path);
      assert.match(headers.get("cache-control"), /no-cache|no-store|must-revalidate/, path);
    }
  });

  // Promises: cresco/analytics-after-consent
  await t.test("consent to analytics, and nothing else, adds their folder to the policy", async () => {
    const insights = server.at("/_vercel/insights/");
    const policyFor = async (cookie) => directives((await get(server, "/", { headers: cookie ? { cookie } : {} })).headers.get("content-security-policy"));
    const before = await policyFor();
    const after = await policyFor("plainsite-consent=analytics");
    for (const name of ["script-src", "connect-src"]) {
      assert.ok(!before[name].includes(insights), name);
      assert.deepEqual(after[name].toSorted(), [...before[name], insights].toSorted(), name);
    }
    const others = ({ "script-src": script, "connect-src": connect, ...rest }) => rest;
    assert.deepEqual(others(after), others(before));
    for (const cookie of ["plainsite-consent=", "plainsite-consent=none", "plainsite-consent=analytic", "consent=analytics"]) {
      assert.deepEqual(await policyFor(cookie), before, cookie);
    }
  });

  await t.test("every address a page names below /assets/ is kept for ever, and named by its content", async () => {
    const home = await (await get(server, "/")).text();
    const css = [...home.matchAll(/href="(\/assets\/[^"]+\.css)"/g)].map(([, path]) => path);
    assert.equal(css.length, 3);
    const assets = new Set([...home.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path));
    assert.ok(assets.size >= 5);
    for (const path of assets) {
      const response = await get(server, path);
      assert.equal(response.status, 200, path);
      assert.match(path, /\.[0-9a-f]{10,}\.\w+$/);
      assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable", path);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    }
    assert.equal((await get(server, css[0])).headers.get("content-type"), "text/css; charset=utf-8");
    const gone = await get(server, "/assets/css/site.0000000000.css");
    assert.equal(gone.status, 404);
    assert.doesNotMatch(gone.headers.get("cache-control") ?? "", /immutable/, "a missing asset must not be remembered as missing");
  });

  await t.test("a page that has not changed is not sent again", async () => {
    const { headers } = await get(server, "/privacy/");
    const again = await get(server, "/privacy/", { headers: { "if-none-match": headers.get("etag") } });
    assert.equal(again.status, 304);
    assert.equal((await get(server, "/privacy/", { headers: { "if-none-match": '"other"' } })).status, 200);
  });

  await t.test("what is not there answers 404, in its language where it has one", async () => {
    for (const path of ["/no-such-page/", "/no-such-page", "/privacy/more/", "/assets/", "/..%2f..%2fetc/passwd", "/%00", "/%ff"]) {
      assert.equal((await get(server, path)).status, 404, path);
    }
    assert.match(await (await get(server, "/no-such-page/")).text(), /<html lang="en"/);
  });

  await t.test("old addresses and missing slashes lead to the page, for good", async () => {
    const moved = {
      "/old-policy/": "/privacy/",
      "/data-protection": "/privacy/",
      "/privacy": "/privacy/",
      "/fr": "/fr/",
      "/fr/services/audit": "/fr/services/audit/",
    };
    for (const [from, to] of Object.entries(moved)) {
      const response = await get(server, from);
      assert.equal(response.status, 308, from);
      assert.equal(response.headers.get("location"), to, from);
    }
  });

  await t.test("a name with spaces and accents is an address", async () => {
    const sitemap = await (await get(server, "/sitemap.xml")).text();
    const path = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, loc]) => new URL(loc).pathname).find((loc) => /lire/.test(loc));
    assert.ok(path, sitemap);
    assert.equal((await get(server, path)).status, 200, path);
    const slashless = await get(server, path.replace(/\/$/, ""));
    assert.equal(slashless.status, 308);
    assert.equal(new URL(slashless.headers.get("location"), server.url).pathname, path);
  });

  await t.test("no redirect leads to another host", async () => {
    for (const path of ["//privacy", "//privacy/", "/\\privacy", "//fr", "///fr", "/%2Fprivacy", "/%5Cprivacy"]) {
      const response = await fetch(server.url.slice(0, -1) + path, { redirect: "manual" });
      const to = response.headers.get("location");
      if (to) assert.equal(new URL(to, server.url).origin, new URL(server.url).origin, `${path} leads to ${to}`);
    }
  });

  await t.test("requests under another name are refused", async () => {
    assert.equal(await asHost(server, "evil.example"), 403);
    assert.equal(await asHost(server, "127.0.0.1.evil.example"), 403);
    assert.equal(await asHost(server, "evil.example:1717"), 403);
    const { port } = new URL(server.url);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "localhost"]) assert.equal(await asHost(server, host), 200, host);
  });

  await t.test("the functions answer below /api", async () => {
    const response = await get(server, "/api/health");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type"), /^application\/json\b/);
    assert.equal(typeof (await response.json()), "object");
    assert.equal((await get(server, "/api/no-such-function")).status, 404);
  });

  await t.test("a page cannot be posted to", async () => {
    for (const method of ["POST", "PUT", "DELETE"]) {
      const response = await get(server, "/contact/", { method });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "GET, HEAD", method);
    }
    const head = await get(server, "/contact/", { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
  });

  await t.test("the files for machines are what they say", async () => {
    const manifest = await get(server, "/site.webmanifest");
    assert.match(manifest.headers.get("content-type"), /^application\/manifest\+json/);
    for (const icon of (await manifest.json()).icons) assert.equal((await get(server, icon.src)).status, 200, icon.src);
    const robots = await (await get(server, "/robots.txt")).text();
    assert.match(robots, /^Sitemap: https:\/\/crescosystem\.com\/sitemap\.xml$/m);
    assert.match((await get(server, "/sitemap.xml")).headers.get("content-type"), /^(application|text)\/xml/);
  });
});

/** A Content-Security-Policy as a map from its directives to their sources. */
function directives(policy) {
  assert.ok(policy, "no Content-Security-Policy");
  return Object.fromEntries(policy.split(";").map((part) => part.trim().split(/\s+/)).map(([name, ...sources]) => [name, sources]));
}
