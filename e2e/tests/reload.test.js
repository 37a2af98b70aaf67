// Editing with the dev server open: what is saved is what the browser shows, without anyone reloading it.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import test from "node:test";

import { openBrowser, openPage } from "../support/browser.js";
import { banner } from "../support/choices.js";
import { inaccessible } from "../support/faults.js";
import { copySite, serve } from "../support/site.js";

const LEGAL = "content/legal.md";
const HEADING = "## Personal data";

/** What one of these tests may take at most, on the busiest of machines. */
const LIMIT = { timeout: 120_000 };

/** A site being edited: its files, its server, and a browser's page at `path`. */
async function editing(t, browser, path = "/legal/", prepare = async () => {}) {
  const site = await copySite(t);
  await prepare(site);
  const server = await serve(t, site);
  const page = await openPage(t, browser);
  const response = await page.goto(server.at(path), { waitUntil: "load" });
  return { site, server, page, response };
}

/** Waits until the page shows a text; it may be reloaded meanwhile. */
function shows(page, text) {
  return page.waitForFunction((wanted) => document.body?.innerText.includes(wanted), text);
}

const overlay = (page) => page.locator("#plainsite-problem pre");

/** What the terminal says of a mistake, less the line that closes the report and the escapes of colours. */
async function told(server, mark, words) {
  const upToWords = await server.saysAfter(mark, words);
  const after = await server.saysAfter(mark + upToWords.length, /last good site is still shown$/);
  const plain = [...upToWords, ...after.slice(0, -1)].map((line) => line.replace(/\u001b\[[0-9;]*m/g, ""));
  // A busy machine may have built the file before while it was half written.
  const begin = plain.findLastIndex((line) => /^built |last good site is still shown$/.test(line)) + 1;
  return plain.slice(begin).join("\n").trim();
}

test("editing with the dev server open", async (t) => {
  const browser = await openBrowser(t);

  await t.test("a saved page is shown", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    await site.write(LEGAL, (await site.read(LEGAL)).replace(HEADING, "## Who publishes this"));
    await shows(page, "Who publishes this");
    await page.locator("#plainsite-problem").waitFor({ state: "detached" });
  });

  await t.test("a translation, the menu's labels and the site's name are shown where they appear", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    await site.edit("content/site.yaml", "en: Client portal", "en: Project desk");
    await page.getByRole("navigation", { name: "Main menu" }).getByText("Project desk").waitFor();
    await site.edit("content/privacy.yaml", "name: CRESCO System", "name: CRESCO Workshop");
    await shows(page, "CRESCO Workshop");
  });

  await t.test("a saved style is put in place without loading the page anew", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    // The banner brings a sheet of its own, before it is shown.
    await banner(page).waitFor();
    const sheets = page.locator('link[rel="stylesheet"]');
    const before = await sheets.count();
    await page.evaluate(() => {
      globalThis.stayed = true;
      document.querySelector("h1").textContent = "Changed by hand";
    });
    const css = "templates/css/cresco.css";
    const background = (colour) => page.waitForFunction((wanted) => getComputedStyle(document.body).backgroundColor === wanted, colour);
    for (const [hex, rgb] of [["#123456", "rgb(18, 52, 86)"], ["#654321", "rgb(101, 67, 33)"]]) {
      await site.write(css, `${await site.read(css)}\nbody { background: ${hex}; }\n`);
      await background(rgb);
    }
    assert.equal(await page.evaluate(() => globalThis.stayed), true);
    assert.equal(await page.locator("h1").innerText(), "Changed by hand");
    assert.equal(await sheets.count(), before, "the old sheets are gone");
    // The page still hears of what comes later.
    await site.edit(LEGAL, HEADING, "## Who publishes this");
    await shows(page, "Who publishes this");
    await background("rgb(101, 67, 33)");
  });

  await t.test("a saved template is shown", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser, "/");
    await site.edit("templates/home.html", "<h2 id=\"steps-title\">", "<p>From the template</p><h2 id=\"steps-title\">");
    await shows(page, "From the template");
  });

  await t.test("a template that takes a built-in one's place is shown, and so is its removal", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    const template = "templates/page.html";
    await site.write(template, `{% extends "builtin/page.html" %}{% block footer %}<p><a href="{{ site.choices }}" data-consent-choices>A footer of our own</a></p>{% endblock footer %}\n`);
    await shows(page, "A footer of our own");
    await site.remove(template);
    await shows(page, "59 rue de Ponthieu");
    await page.getByRole("navigation", { name: "Footer menu" }).waitFor();
  });

  await t.test("a saved image is shown", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    const before = await page.locator(".brand-mark").getAttribute("src");
    await site.edit("templates/images/logo.svg", "#17614a", "#000000");
    await page.waitForFunction((old) => document.querySelector(".brand-mark")?.getAttribute("src") !== old, before);
    await page.waitForFunction(() => document.querySelector(".brand-mark").naturalWidth > 0);
  });

  for (const [what, file, old, wrong, words] of [
    ["a mistake in the front matter", LEGAL, "title: Legal notice", "title: Legal notice\ndraft: maybe", /draft/],
    ["an unknown shortcode", LEGAL, HEADING, "{{ emial() }}\n\n## Personal data", /emial/],
    ["a broken link", LEGAL, "(cookies.md)", "(cookeis.md)", /cookeis/],
    ["a mistake in a template", "templates/home.html", "{{ page.extra.closing.title }}", "{{ page.extra.closing.titel }}", /titel/],
    ["a mistake in site.yaml", "content/site.yaml", "urls: folders", "urls: folder", /urls|folder/],
  ]) {
    await t.test(`${what} is shown over the last good page, as the terminal says it`, LIMIT, async (t) => {
      const { site, server, page } = await editing(t, browser);
      const heading = await page.locator("h1").innerText();
      const mark = server.mark();
      await site.edit(file, old, wrong);
      await overlay(page).filter({ hasText: words }).waitFor();
      const shown = await overlay(page).textContent();
      assert.equal(shown.trim(), await told(server, mark, words));
      assert.match(shown, new RegExp(`${file.split("/").at(-1)}:\\d+:\\d+`), "it names the place");
      assert.equal(await page.locator("h1").innerText(), heading, "the last good page is below it");

      // Someone who opens the page now sees the same.
      const later = await openPage(t, browser);
      const response = await later.goto(server.at("/legal/"));
      assert.equal(response.status(), 200);
      await overlay(later).waitFor();
      assert.equal(await overlay(later).textContent(), shown);

      await site.edit(file, wrong, old);
      await Promise.all([page, later].map((one) => one.locator("#plainsite-problem").waitFor({ state: "detached" })));
      await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
    });
  }

  await t.test("a mistake mended into something new shows what is new", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    await site.edit(LEGAL, "title: Legal notice", "title: Legal notice\ndraft: maybe");
    await overlay(page).waitFor();
    await site.edit(LEGAL, "title: Legal notice\ndraft: maybe", "title: Small print");
    await page.getByRole("heading", { level: 1, name: "Small print" }).waitFor();
    await page.locator("#plainsite-problem").waitFor({ state: "detached" });
  });

  await t.test("a second mistake joins the first, and goes by itself", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    const shown = (first, second) =>
      page.waitForFunction(
        ([legal, cookies]) => {
          const text = document.querySelector("#plainsite-problem pre")?.textContent ?? "";
          return text.includes("legal.md") === legal && text.includes("cookies.md") === cookies;
        },
        [first, second],
      );
    await site.edit(LEGAL, "title: Legal notice", "title: Legal notice\ndraft: maybe");
    await shown(true, false);
    await site.edit("content/cookies.md", "updated: 2026-05-01", "updated: 2026-05-41");
    await shown(true, true);
    await site.edit(LEGAL, "\ndraft: maybe", "");
    await shown(false, true);
    await site.edit("content/cookies.md", "updated: 2026-05-41", "updated: 2026-05-01");
    await shown(false, false);
  });

  await t.test("the overlay can be hidden, and stays reachable by keyboard", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    await site.edit(LEGAL, "title: Legal notice", "title: Legal notice\ndraft: maybe");
    await overlay(page).waitFor();
    assert.deepEqual(await inaccessible(page), []);
    await page.getByRole("button", { name: "Hide" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("#plainsite-problem").waitFor({ state: "detached" });
  });

  await t.test("a site that does not build at first says why, and appears once it does", LIMIT, async (t) => {
    const spoil = (site) => site.edit(LEGAL, "title: Legal notice", "title: Legal notice\ndraft: maybe");
    const { site, server, page, response } = await editing(t, browser, "/legal/", spoil);
    assert.equal(response.status(), 500);
    await page.getByRole("heading", { level: 1, name: "This site does not build yet" }).waitFor();
    const text = await page.locator("pre").textContent();
    assert.match(text, /legal\.md:\d+:\d+/);
    assert.deepEqual(await inaccessible(page), []);
    assert.ok(server.said.join("\n").includes(text.trim().split("\n")[0]), "the terminal says the same");
    assert.equal((await fetch(server.at("/legal/"))).headers.get("cache-control"), "no-store");

    // Another mistake takes the first one's place.
    await site.edit(LEGAL, "draft: maybe", "weight: heavy");
    await page.waitForFunction(() => document.querySelector("pre")?.textContent.includes("weight"));
    await site.edit(LEGAL, "\nweight: heavy", "");
    await page.getByRole("heading", { level: 1, name: "Legal notice" }).waitFor();
    assert.equal((await fetch(server.at("/legal/"))).status, 200);
  });

  await t.test("a new page appears, moves and goes", LIMIT, async (t) => {
    const { site, server, page } = await editing(t, browser, "/news/");
    await shows(page, "404");
    await site.write("content/news.md", "# The news\n\nFirst words.\n");
    await page.getByRole("heading", { level: 1, name: "The news" }).waitFor();
    assert.match(await (await fetch(server.at("/sitemap.xml"))).text(), /\/news\//);

    await site.move("content/news.md", "content/journal.md");
    await shows(page, "404");
    await page.goto(server.at("/journal/"));
    await shows(page, "First words.");

    await site.remove("content/journal.md");
    await shows(page, "404");
    assert.equal((await fetch(server.at("/journal/"))).status, 404);
    assert.doesNotMatch(await (await fetch(server.at("/sitemap.xml"))).text(), /\/journal\/|\/news\//);
  });

  await t.test("whole folders appear, move and go", LIMIT, async (t) => {
    const { site, page, server } = await editing(t, browser, "/notes/2026/one/");
    await shows(page, "404");
    await mkdir(site.path("content/notes/2026"), { recursive: true });
    await site.write("content/notes/2026/one.md", "# Note one\n");
    await page.getByRole("heading", { level: 1, name: "Note one" }).waitFor();
    // A folder that came later is watched like the others.
    await site.write("content/notes/2026/one.md", "# Note number one\n");
    await page.getByRole("heading", { level: 1, name: "Note number one" }).waitFor();

    await site.move("content/notes", "content/papers");
    await shows(page, "404");
    // The page of the old address may still be loading itself again: what came is built after what went.
    const moved = await openPage(t, browser);
    await moved.goto(server.at("/papers/2026/one/"));
    await shows(moved, "Note number one");
    await site.write("content/papers/2026/one.md", "# Paper one\n");
    await moved.getByRole("heading", { level: 1, name: "Paper one" }).waitFor();

    await site.remove("content/papers");
    await shows(moved, "404");
  });

  await t.test("a page saved by renaming is seen", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    const text = await site.read(LEGAL);
    for (const title of ["Once", "Twice", "Three times"]) {
      await site.writeByRename(LEGAL, text.replace("Legal notice", title), `${LEGAL}.4711.tmp`);
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    }
  });

  await t.test("a page saved with a backup beside it is seen, and the backup is not a page", LIMIT, async (t) => {
    const { site, page, server } = await editing(t, browser);
    const text = await site.read(LEGAL);
    for (const title of ["Once", "Twice"]) {
      await site.move(LEGAL, `${LEGAL}~`);
      await site.write(LEGAL, text.replace("Legal notice", title));
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      await site.remove(`${LEGAL}~`);
    }
    await site.write("content/.legal.md.swp", "not text");
    await site.write("content/4913", "");
    await site.remove("content/4913");
    await site.edit(LEGAL, HEADING, "## At the end");
    await shows(page, "At the end");
    assert.equal(await page.locator("#plainsite-problem").count(), 0);
    assert.equal((await fetch(server.at("/legal.md~"))).status, 404);
  });

  await t.test("of edits in quick succession the last one is shown", LIMIT, async (t) => {
    const { site, page } = await editing(t, browser);
    const text = await site.read(LEGAL);
    for (let round = 0; round < 5; round += 1) {
      for (const step of ["a", "b", "c"]) await site.write(LEGAL, text.replace(HEADING, `## Edit ${round}${step}`));
      await shows(page, `Edit ${round}c`);
    }
    // Nothing older comes after it: a later edit of another file has been built, and it is still the last one.
    await site.edit("content/site.yaml", "en: Client portal", "en: Project desk");
    await shows(page, "Project desk");
    await shows(page, "Edit 4c");
  });

  await t.test("every open page hears of an edit", LIMIT, async (t) => {
    const { site, server, page } = await editing(t, browser);
    const others = await Promise.all(["/", "/fr/", "/privacy/"].map(async (path) => {
      const other = await openPage(t, browser);
      await other.goto(server.at(path));
      return other;
    }));
    await site.edit("content/privacy.yaml", "59 rue de Ponthieu", "60 rue de Ponthieu");
    await Promise.all([page, ...others].map((one) => shows(one, "60 rue de Ponthieu")));
  });
});
