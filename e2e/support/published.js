// Two vendors' own scripts, as npm has them, and what else of these vendors there has to be for them to run. Nobody publishes what
// Vercel's hosts serve, so that a script of ours does what that one is said to do.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** The text of a file of an installed package. */
export const packaged = (name, file) => readFileSync(join(dirname(require.resolve(`${name}/package.json`)), file), "utf8");

/** A browser's arguments without which PostHog counts nothing: it leaves out browsers that say that a program drives them. */
export const LIKE_A_PERSON = ["--disable-blink-features=AutomationControlled", "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"];

/** Where Vercel's hosts have its analytics. */
export const INSIGHTS = "/_vercel/insights";

/** What a host serves there: it sends the page's view, and what was tracked before it came. */
export const HOSTED = `const send = (to, body) => fetch(new URL(to, document.currentScript?.src ?? location.origin + "${INSIGHTS}/"), { method: "POST", body: JSON.stringify(body) });
  send("view", { o: location.href });
  for (const [what, body] of globalThis.vaq ?? []) if (what === "event") send("event", body);`;
