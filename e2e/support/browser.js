// Chromium from `PATH`, quiet, and unable to reach anything but this machine.

import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

import { atEnd, within } from "./ends.js";

const PATIENCE = 15_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A page that asks for another host fails here, and nowhere else.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** A browser that ends with the test. `more` are further arguments of its command line, `options` further ones of its start. */
export async function openBrowser(t, more = [], options = {}) {
  const browser = await chromium.launch({ executablePath: found(), args: [...QUIET, ...more], timeout: 30_000, ...options });
  atEnd(t, () => browser.close());
  return browser;
}

/** A browser with preferences of its own, such as that it keeps no cookies; resolves with its one context. */
export async function openProfile(t, preferences, more = [], options = {}) {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-profile-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(folder, "Default"));
  await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(folder, { executablePath: found(), args: [...QUIET, ...more], timeout: 30_000, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(PATIENCE);
  atEnd(t, () => context.close());
  return context;
}

/** A page in a context of its own, which goes with the test. Waiting for it has an end, always. */
export async function openPage(t, browser, options = {}) {
  const context = await within(browser.newContext({ reducedMotion: "reduce", ...options }), PATIENCE, () => "a browser context");
  context.setDefaultTimeout(PATIENCE);
  atEnd(t, () => context.close());
  return context.newPage();
}

/** The browser's file. */
export function found() {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // The next one may be there.
      }
    }
  }
  throw new Error(`none of ${NAMES.join(", ")} is on PATH`);
}
