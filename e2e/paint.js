// How much later a page paints for the banner: CRESCO's pages against the same ones of a site that asks for nothing, on a slow phone.
// `cargo xtask bench --banner` makes its figure of what this prints, which is JSON: milliseconds until the first contentful paint.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { openBrowser } from "./support/browser.js";
import { atEnd } from "./support/ends.js";
import { copySite, run } from "./support/site.js";

const PAIRS = Number(process.argv[2] ?? 15);
const PAGES = { home: "/", privacy: "/privacy/" };

/** A phone with slow 4G, as Lighthouse has it, and a quarter of this machine's speed. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json" };
const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".webmanifest"]);

let end = () => {};
try {
  // The ends are those of a test.
  console.log(JSON.stringify(await measure({ after: (all) => (end = all) })));
} finally {
  await end();
}

async function measure(t) {
  const sites = { with: await host(t, await copySite(t)), without: await host(t, await askNothing(await copySite(t))) };
  const browser = await openBrowser(t);
  const pairs = [];
  // The first pair warms the browser and the disk up.
  for (let n = -1; n < PAIRS; n++) {
    for (const [name, path] of Object.entries(PAGES)) {
      const pair = { page: name };
      for (const which of (n & 1) === 0 ? ["with", "without"] : ["without", "with"]) pair[which] = await paint(browser, sites[which] + path, which === "with");
      if (n >= 0) pairs.push(pair);
      console.error(`${name.padEnd(8)} with ${pair.with.toFixed(0)} ms, without ${pair.without.toFixed(0)} ms: ${(pair.with / pair.without).toFixed(3)}`);
    }
  }
  return pairs;
}

/** Takes what needs consent out of a site. Nothing else of its pages changes but the sentences that speak of it. */
async function askNothing(site) {
  await site.edit("content/privacy.yaml", "  analytics:\n    use: vercel-analytics\n    purpose: improve\n", "");
  await site.edit("content/privacy.yaml", "from: { service: analytics }", "from: { en: the site, fr: le site }");
  await site.edit("content/privacy.yaml", "withdraw: [banner]", "withdraw: [email]");
  await site.edit("templates/base.html", '<template data-service="analytics"><script src="/_vercel/insights/script.js"></script></template>\n', "");
  return site;
}

/** Builds a site, and serves it as a host does: compressed, with its policy, kept in memory. Resolves with its origin. */
async function host(t, site) {
  await site.write("vercel.json", "{}\n");
  await run(site, ["build"]);
  const { headers } = JSON.parse(await site.read("vercel.json"));
  const general = headers.find(({ source, has }) => source === "/(.*)" && !has).headers;
  const base = /^base_url: (.*)$/m.exec(await site.read("content/site.yaml"))[1];
  const answers = new Map();
  let origin;
  const answer = async (path) => {
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const body = await readFile(join(site.path("public"), file)).catch(() => null);
    if (!body) return { status: 404, headers: {}, body: "" };
    const type = extname(file);
    // Scripts are allowed from the site's own address, which is another one here.
    const sent = Object.fromEntries(general.map(({ key, value }) => [key, value.replaceAll(base, origin)]));
    const packed = COMPRESSED.has(type);
    return { status: 200, headers: { ...sent, "Content-Type": TYPES[type], ...(packed && { "Content-Encoding": "gzip" }) }, body: packed ? gzipSync(body) : body };
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (!answers.has(pathname)) answers.set(pathname, await answer(pathname));
    const { status, headers, body } = answers.get(pathname);
    response.writeHead(status, { ...headers, "Content-Length": body.length }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  origin = `http://127.0.0.1:${server.address().port}`;
  return origin;
}

/** Milliseconds from the navigation to the first contentful paint, with nothing in the cache. */
async function paint(browser, url, asks) {
  // A context of its own has a cache of its own.
  const context = await browser.newContext(PHONE);
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", NETWORK);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.goto(url, { waitUntil: "load" });
    const time = await page.evaluate(() => new Promise((resolve) => {
      const look = (list) => list.getEntriesByName("first-contentful-paint").forEach(({ startTime }) => resolve(startTime));
      new PerformanceObserver(look).observe({ type: "paint", buffered: true });
    }));
    // A banner that does not come, or one where none belongs, would make a figure of nothing.
    const asked = await page.locator("html").getAttribute("data-consent");
    if ((asked === "asking") !== asks) throw new Error(`${url} should ${asks ? "ask" : "not ask"}, and its data-consent is ${asked}`);
    return time;
  } finally {
    await context.close();
  }
}
