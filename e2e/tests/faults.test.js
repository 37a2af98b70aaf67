// The finders of faults find planted ones, each its own, and nothing on a page without faults.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { atEnd } from "../support/ends.js";
import { badPrint, cutText, inaccessible, listen, outline, overflow, unseenFocus } from "../support/faults.js";

const GOOD = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="description" content="A page without faults"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"></head><body><main><h1>A page</h1><p>With <a href="/">a link</a>.</p></main></body></html>`;

const change = (old, fresh) => {
  assert.ok(GOOD.includes(old), old);
  return GOOD.replace(old, fresh);
};
const body = (more) => change("</main>", `${more}</main>`);

const PAGES = {
  "/good": GOOD,
  "/console": body(`<script src="/complain.js"></script>`),
  "/inline": body(`<script>document.title = "changed"</script>`),
  "/elsewhere": body(`<img src="https://tracker.example/dot.gif" alt="">`),
  "/missing": body(`<img src="/no-such-file" alt="">`),
  "/wide": body(`<p class="wide">wide</p>`),
  "/cut": body(`<p class="cut">these words do not fit</p>`),
  "/two-headings": body(`<h1>Another</h1>`),
  "/no-heading": change("<h1>A page</h1>", ""),
  "/level": body(`<h4>Too deep</h4>`),
  "/no-title": change("<title>A page</title>", ""),
  "/no-description": change(`content="A page without faults"`, `content=""`),
  "/pale": body(`<p class="pale">hard to read</p>`),
  "/no-alt": body(`<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`),
  "/no-outline": body(`<p><a class="no-outline" href="/">unseen</a></p>`),
  "/navigation": body(`<nav><a href="/">home</a></nav>`),
  "/coloured": body(`<p class="coloured">coloured</p>`),
};

const FILES = {
  "/faults.css": `.wide { width: 3000px } .cut { width: 5em; overflow: hidden; white-space: nowrap } .pale { color: #ccc; background: #fff }
    .no-outline:focus { outline: none } .coloured { color: #fff; background: #000 }`,
  "/complain.js": `console.error("complaint")`,
};

async function plantedSite(t) {
  const server = createServer((request, response) => {
    const page = PAGES[request.url];
    const text = page?.replace("</head>", `<link rel="stylesheet" href="/faults.css"></head>`) ?? FILES[request.url];
    const kind = page ? "text/html" : request.url.endsWith(".css") ? "text/css" : "text/javascript";
    const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src *  data:";
    response.writeHead(text ? 200 : 404, { "content-type": kind, "content-security-policy": policy });
    response.end(text ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

test("planted faults are found, and no others", async (t) => {
  const origin = await plantedSite(t);
  const browser = await openBrowser(t);

  /** Everything that the finders say about a page. */
  const faultsOf = async (path, lang = "en") => {
    const page = await openPage(t, browser, { viewport: { width: 360, height: 740 } });
    const ears = await listen(page, origin);
    await page.goto(origin + path, { waitUntil: "load" });
    const faults = [
      ...(await overflow(page)),
      ...(await cutText(page)),
      ...(await outline(page, { lang })),
      ...(await inaccessible(page)),
      ...(await unseenFocus(page)),
    ];
    await page.emulateMedia({ media: "print" });
    faults.push(...(await badPrint(page)).filter((fault) => !fault.startsWith('a "')));
    faults.push(...ears.take());
    return faults;
  };

  const expected = {
    "/console": [/^console error: complaint$/],
    "/inline": [/^console error: .*Content Security Policy/, /^policy breach: script-src-elem forbids inline$/],
    "/elsewhere": [/^request to elsewhere: https:\/\/tracker\.example\/dot\.gif$/, /^console error: /, /^request failed: /],
    "/missing": [/^status 404: /, /^console error: /],
    "/wide": [/^the page is 30\d\d px wide where there are 360: p\.wide$/],
    "/cut": [/^p\.cut cuts its text off$/],
    "/two-headings": [/^first-level headings: \["A page","Another"\]$/],
    "/no-heading": [/^first-level headings: \[\]$/],
    "/level": [/^a heading of level 4 follows one of level 1$/],
    "/no-title": [/^no title$/, /^document-title: /],
    "/no-description": [/^no description$/],
    "/pale": [/^color-contrast: /, /^p "hard to read" has the colour /],
    "/no-alt": [/^image-alt: /],
    "/no-outline": [/^a "unseen" does not show that it has the focus$/],
    "/navigation": [/^nav "home" would be printed$/],
    "/coloured": [/^p "coloured" has the background /, /^p "coloured" has the colour /],
  };

  assert.deepEqual(await faultsOf("/good"), []);
  assert.deepEqual(await faultsOf("/good", "fr"), ['lang is "en", not "fr"']);
  for (const [path, patterns] of Object.entries(expected)) {
    const faults = await faultsOf(path);
    for (const pattern of patterns) {
      assert.ok(faults.some((fault) => pattern.test(fault)), `${path}: nothing like ${pattern} among ${JSON.stringify(faults)}`);
    }
    const others = faults.filter((fault) => !patterns.some((pattern) => pattern.test(fault)));
    assert.deepEqual(others, [], path);
  }
});
