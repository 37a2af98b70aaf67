// A copy of the CRESCO site whose privacy policy has changed once: version 1 keeps enquiries for 2 years, version 2 for 3.

import { copySite, run } from "./site.js";

/** When version 2 takes effect, and days before and after it. */
export const DAYS = { first: "2026-05-01", announced: "2026-12-01", effective: "2027-01-15", after: "2027-02-01" };

/** Publishes both versions. */
export async function changedPolicy(t) {
  const site = await copySite(t);
  await run(site, ["policy", "publish", "--date", DAYS.first]);
  // What was delivered of an enquiry goes with it.
  for (const data of ["lead", "deliveries"]) await site.edit("content/privacy.yaml", `data: [${data}]\n    keep: 2 years`, `data: [${data}]\n    keep: 3 years`);
  for (const file of ["content/privacy.md", "content/privacy.fr.md"]) {
    await site.edit(file, "version: 1\neffective: 2026-05-01", `version: 2\neffective: ${DAYS.effective}`);
  }
  await run(site, ["policy", "publish", "--date", DAYS.announced]);
  return site;
}

/** The addresses that a policy with versions has, by language. */
export const POLICY = { en: "/privacy/", fr: "/fr/confidentialite/" };

/** Every page of a language's policy. */
export const policyPages = (lang) => ["", "versions/1/", "versions/2/", "changes/"].map((rest) => POLICY[lang] + rest);
