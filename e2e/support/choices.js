// A site that asks for consent to five services of three categories, the companies behind them, and what tests of its banner do there.

import { openPage } from "./browser.js";
import { newSite, serve } from "./site.js";
import { openVendors } from "./vendors.js";

/** The services that wait for consent, in the order in which they are asked about, and the host of each. */
export const SERVICES = { counter: "counter.example", heat: "heat.example", film: "film.example", pixel: "pixel.example", shop: "shop.example" };

const PRIVACY = `
controller: { name: Acme, address: 1 Example Street, country: FR, email: privacy@acme.example, phone: "+33 1 00 00 00 00", legal_form: SAS, registration: RCS 1, publication_director: Ada }
authority: cnil
dpo: { none: no large-scale processing }
automated_decisions: none
sale: none
host: hoster
recipients:
  hoster: { name: Hoster, role: processor, does: hosts the site, country: FR, address: 2 Example Street }
  films: { name: Films, role: processor, does: plays films, country: FR }
  ads: { name: Ads, role: processor, does: shows what sells, country: FR }
data:
  visits: { label: Visits, people: visitors, items: [pages seen] }
  notes: { label: Notes, people: visitors, from: { form: note } }
  choices: { label: Choices, people: visitors, from: { service: consent } }
  attempts: { label: Delivery records, people: visitors, from: { functions: deliveries } }
  limits: { label: Protection of the form, people: visitors, from: { functions: protection } }
purposes:
  measure: { label: see how the site is used, basis: consent, data: [visits, notes], recipients: [hoster, films, ads] }
  protect: { label: keep the form reachable, basis: legal-obligation, law: GDPR Art. 32, data: [attempts, limits], recipients: [hoster] }
  remember: { label: remember choices, basis: legal-obligation, law: GDPR Art. 7(1), data: [choices], recipients: [hoster] }
retention:
  visits: { data: [visits, notes], keep: 1 year, then: delete, by: { recipient: hoster } }
  choices: { data: [choices], keep: 6 months, by: browser }
  attempts: { data: [attempts, limits], keep: 1 year, then: delete, by: job }
services:
  consent: { use: plainsite-consent, purpose: remember }
  forms: { use: plainsite-forms, purpose: measure }
  basket:
    label: Basket
    does: keeps what you chose
    category: essential
    purpose: remember
    cookies: [{ name: vital, keep: session }]
    storage: [{ kind: local, key: shared-vital, keep: 1 month }]
  counter:
    label: Counter
    does: counts visits
    category: analytics
    purpose: measure
    recipient: hoster
    receives: the page address
    origins: { script: [https://counter.example], connect: [https://counter.example], img: [https://counter.example] }
    cookies: [{ name: "count_*", keep: 1 year }, { name: both, keep: 1 year }]
    storage:
      - { kind: local, key: "count-*", keep: 1 year }
      - { kind: local, key: both, keep: 1 year }
      - { kind: local, key: "shared-*", keep: 1 year }
      - { kind: session, key: count-visit, keep: session }
      - { kind: indexeddb, key: "count-*", keep: 1 year }
  heat:
    label: Heat
    does: sees where you point
    category: analytics
    purpose: measure
    recipient: hoster
    receives: where you point
    origins: { script: [https://heat.example], connect: [https://heat.example], img: [https://heat.example] }
    cookies: [{ name: heat, keep: 1 year }, { name: both, keep: 1 year }]
    storage:
      - { kind: local, key: heat, keep: 1 year }
      - { kind: local, key: both, keep: 1 year }
      - { kind: session, key: heat, keep: session }
      - { kind: indexeddb, key: heat, keep: 1 year }
  film:
    label: Films
    does: plays films
    category: media
    purpose: measure
    recipient: films
    receives: the IP address
    origins: { frame: [https://film.example] }
  pixel:
    label: Pixel
    does: measures what was sold
    category: marketing
    purpose: measure
    recipient: ads
    receives: the page address
    origins: { img: [https://pixel.example], script: [https://pixel.example], connect: [https://pixel.example] }
    cookies: [{ name: px, keep: 1 year }]
  shop:
    label: Shop window
    does: shows what sells
    category: marketing
    purpose: measure
    recipient: ads
    receives: the page address
    origins: { img: [https://shop.example], script: [https://shop.example], style: [https://shop.example], connect: [https://shop.example] }
rights: { offer: [access, rectification, erasure, restriction, portability, withdrawal, complaint], channel: [email], answer_within: 1 month, withdraw: [banner] }
changes: { effective: on publication }
`;

const SITE = `
title: Acme
description: A site that asks.
base_url: https://acme.example
languages: [en]
urls: folders
menus: { main: [long.md, form.md], footer: [cookies.md] }
silence:
  - { rule: ungated-service, reason: a page of this site shows what the browser does with what the check would refuse }
`;

const page = (title, text) => `---\ntitle: ${title}\ndescription: The page called ${title}.\n---\n\n${text}\n`;
const LONG = Array.from({ length: 60 }, (_, n) => `Paragraph ${n} says something about [page ${n}](/form/), and is long enough to fill a line or two of the page on which it stands.`).join("\n\n");

export const FILES = {
  "content/site.yaml": SITE,
  "content/privacy.yaml": PRIVACY,
  "content/forms/note.yaml": "label: Note\nsubmit: Send\nsent: Thank you.\ndata: notes\npurpose: measure\nfields:\n  name: { label: Your name, autocomplete: name }\n  text: { label: Your text, type: textarea }\n",
  "content/_index.md": page("Welcome to Acme", "What we do is told here, in a paragraph that is longer than anything else on this page, so that it is what a visitor sees first and what counts as the largest part of it by any measure."),
  "content/long.md": page("Long", LONG),
  "content/short.md": page("Short", "Short."),
  "content/film.md": page("Film", `{{ embed(service="film", url="https://film.example/watch", title="How we work") }}\n\n${LONG}`),
  "content/form.md": page("Form", `${LONG}\n\n{{ form(name="note") }}\n\n${LONG}`),
  "content/cookies.md": page("Cookies", "## The categories\n\n{{ cookies() }}"),
  "content/ungated.md": page(
    "Ungated",
    `<link rel="preload" as="script" href="https://counter.example/preload.js">\n<link rel="preload" as="script" href="https://heat.example/preload.js">\n<link rel="preload" as="image" href="https://pixel.example/preload.gif">\n\n` +
      `<script src="https://counter.example/raw.js"></script>\n<script src="https://heat.example/raw.js"></script>\n<script src="https://shop.example/raw.js"></script>\n\n` +
      `<p><img src="https://pixel.example/raw.gif" alt="" width="1" height="1"><img src="https://counter.example/raw.gif" alt="" width="1" height="1"></p>\n\n` +
      `<iframe src="https://film.example/raw" title="Raw"></iframe>`,
  ),
  "templates/base.html": `{% extends "builtin/base.html" %}
{% block head -%}
{{ super() }}
{% for name in ["counter", "heat", "shop"] -%}
<template data-service="{{ name }}"><script src="https://{{ name }}.example/{{ name }}.js"></script></template>
{% endfor -%}
<template data-service="pixel"><script src="https://pixel.example/pixel.js"></script></template>
{% endblock head %}
`,
};

/** Adds French: every page in that language too. What the interface says is French there, what the site says stays as it is. */
export const inFrench = (files) => {
  const pages = Object.entries(files).filter(([file]) => file.endsWith(".md"));
  const french = pages.map(([file, text]) => [file.replace(/\.md$/, ".fr.md"), text]);
  return { ...files, ...Object.fromEntries(french), "content/site.yaml": files["content/site.yaml"].replace("languages: [en]", "languages: [en, fr]") };
};

/** The same site, had it declared that choices are proven. */
export const proving = (files) => ({
  ...files,
  "content/privacy.yaml": files["content/privacy.yaml"]
    .replace("from: { service: consent } }", "from: { service: consent } }\n  proofs: { label: Proofs of choices, people: visitors, items: [what was chosen], from: { functions: receipts } }")
    .replace("data: [choices], recipients", "data: [choices, proofs], recipients")
    .replace("  attempts: { data: [attempts", "  proofs: { data: [proofs], keep: 1 year, then: delete, by: job }\n  attempts: { data: [attempts")
    .replace("use: plainsite-consent,", "use: plainsite-consent-receipts,"),
});

/** Opens the site, its vendors and a browser. `answers` are those of the vendors, `change` alters the files, `prepare` the site before the start. */
export async function openChoices(t, { answers, change = (files) => files, prepare = () => {}, more, options } = {}) {
  const vendors = await openVendors(t, answers);
  const site = await newSite(t, change({ ...FILES }));
  await prepare(site);
  const server = await serve(t, site);
  const { ok, status } = await fetch(server.url);
  if (!ok) throw new Error(`the site is not built (${status}); the server said:\n${server.said.join("\n")}`);
  const browser = await vendors.browser(t, more, options);
  const visit = (t, options) => {
    vendors.forget();
    return openPage(t, browser, options);
  };
  return { vendors, site, server, browser, visit };
}

/** The banner, once it is shown. */
export const banner = (page) => page.locator("#plainsite-consent");
export const dialog = (page) => page.locator("#plainsite-choices");
export const press = (within, what) => within.locator(`[data-consent=${what}]`).click();

/** Presses what makes the page load again, and waits until it has. */
export async function reloads(page, act) {
  await page.evaluate(() => (globalThis.beforeTheReload = true));
  await act();
  await page.waitForFunction(() => !globalThis.beforeTheReload && document.readyState === "complete");
}

/** What a page said of its services: which ran, and which the site's own interface calls allowed. */
export const ran = (page) => page.evaluate(() => [...new Set(globalThis.ran ?? [])].sort());
export const allowed = (page) => page.evaluate((ids) => ids.filter((id) => plainsite.consent.has(id)), Object.keys(SERVICES));
export const status = (page) => page.evaluate(() => plainsite.consent.status);
/** The consent cookie's value; nothing where there is none. */
export const kept = async (page) => (await page.context().cookies()).find(({ name }) => name === "plainsite-consent")?.value;
