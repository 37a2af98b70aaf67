// Tabs as a browser's own menus handle them: duplicated, opened again, looked up in the list of visited pages.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openProfile } from "./browser.js";
import { atEnd } from "./ends.js";

const MANIFEST = { manifest_version: 3, name: "tabs", version: "1", permissions: ["history", "sessions", "tabs"], background: { service_worker: "worker.js" } };

/** A browser with an extension that can do with tabs what its menus can. */
export async function openTabs(t) {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-extension-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
  await writeFile(join(folder, "worker.js"), "");
  const loaded = [`--disable-extensions-except=${folder}`, `--load-extension=${folder}`];
  const context = await openProfile(t, {}, loaded, { ignoreDefaultArgs: ["--disable-extensions"] });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  /** Does something that opens a tab; resolves with its page. */
  const opening = async (work, argument) => {
    const [page] = await Promise.all([context.waitForEvent("page"), worker.evaluate(work, argument)]);
    return page;
  };
  return {
    context,
    /** Duplicates the tab of an address. */
    duplicate: (url) => opening(async (url) => void (await chrome.tabs.duplicate((await chrome.tabs.query({})).find((tab) => tab.url === url).id)), url),
    /** Opens the tab again that was closed last. */
    restore: () => opening(async () => void (await chrome.sessions.restore())),
    /** The addresses in the list of visited pages. */
    visited: () => worker.evaluate(async () => (await chrome.history.search({ text: "", startTime: 0, maxResults: 1000 })).map(({ url }) => url)),
  };
}
