// Pictures of the site for people to look at, in results/, and the one of the README. Not a test: `npm run pictures`.

import { execFileSync } from "node:child_process";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { openBrowser, openPage } from "./support/browser.js";
import { changedPolicy, DAYS, policyPages } from "./support/policies.js";
import { example, serve, WORKSPACE } from "./support/site.js";

const RESULTS = join(WORKSPACE, "e2e/results");
const README_PICTURE = join(WORKSPACE, "docs/images/home.png");
const README_LIMIT = 200_000;

const PAGES = {
  en: {
    home: "/",
    services: "/services/",
    service: "/services/systems-build/",
    contact: "/contact/",
    portal: "/portal/",
    privacy: "/privacy/",
    cookies: "/cookies/",
    legal: "/legal/",
    404: "/no-such-page/",
  },
  fr: {
    home: "/fr/",
    services: "/fr/services/",
    service: "/fr/services/systems-build/",
    contact: "/fr/contact/",
    portal: "/fr/portail/",
    privacy: "/fr/confidentialite/",
    cookies: "/fr/cookies/",
    legal: "/fr/mentions-legales/",
    404: "/fr/no-such-page/",
  },
};
const EXAMPLES = {
  en: { home: "/", privacy: "/privacy/", cookies: "/cookies/", legal: "/legal/" },
  fr: { home: "/fr/", privacy: "/fr/confidentialite/", cookies: "/fr/cookies/", legal: "/fr/mentions-legales/" },
};
/** The pages of a policy that changed. */
const VERSIONS = Object.fromEntries(
  ["en", "fr"].map((lang) => {
    const [announced, first, second, changes] = policyPages(lang);
    return [lang, { announced, "version-1": first, "version-2": second, changes }];
  }),
);
const SIZES = { 360: { width: 360, height: 740 }, 1280: { width: 1280, height: 800 } };

let end = () => {};
try {
  // The ends are those of a test.
  await picture({ after: (all) => (end = all) });
} finally {
  await end();
}

async function picture(t) {
  const server = await serve(t, { root: WORKSPACE });
  const browser = await openBrowser(t);
  await rm(RESULTS, { recursive: true, force: true });
  await mkdir(RESULTS, { recursive: true });

  await draw(t, browser, server, PAGES);
  for (const name of ["qualify-crm", "cluently"]) {
    await draw(t, browser, await serve(t, { root: example(name) }), EXAMPLES, `${name}-`);
  }
  await draw(t, browser, await serve(t, await changedPolicy(t), { day: DAYS.announced }), VERSIONS, "policy-");

  const printed = await openPage(t, browser);
  for (const [lang, pages] of Object.entries(PAGES)) {
    await printed.goto(server.at(pages.privacy), { waitUntil: "load" });
    await printed.pdf({ path: join(RESULTS, `privacy-${lang}.pdf`), format: "A4", preferCSSPageSize: true });
  }

  const page = await openPage(t, browser, { viewport: SIZES[1280], colorScheme: "light" });
  await page.goto(server.url, { waitUntil: "load" });
  await mkdir(join(README_PICTURE, ".."), { recursive: true });
  await page.screenshot({ path: README_PICTURE });
  quantise(README_PICTURE);
  const { size } = await stat(README_PICTURE);
  if (size > README_LIMIT) throw new Error(`${README_PICTURE} has ${size} bytes, more than ${README_LIMIT}`);
  console.log(`pictures are in ${RESULTS}, and ${README_PICTURE} (${Math.round(size / 1000)} kB)`);
}

/** Every page in each size, light and dark. The names of a site's pictures begin alike. */
async function draw(t, browser, server, pagesByLang, beginning = "") {
  for (const [width, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await openPage(t, browser, { viewport, colorScheme });
      for (const [lang, pages] of Object.entries(pagesByLang)) {
        for (const [name, path] of Object.entries(pages)) {
          await page.goto(server.at(path), { waitUntil: "load" });
          await page.screenshot({ path: join(RESULTS, `${beginning}${name}-${lang}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
    }
  }
}

/** Fewer colours, where pngquant is there to choose them. */
function quantise(file) {
  try {
    execFileSync("pngquant", ["--force", "--ext", ".png", "--skip-if-larger", "--quality", "80-100", file], { stdio: "ignore" });
  } catch {
    // Without pngquant, or where it would gain nothing, the picture stays as it is.
  }
}
