// The functions' part of the portal, as strict as they are about what a page sends: for tests of the page. And projects to show.

import { randomUUID } from "node:crypto";

import { Proofs } from "./proofs.js";

/** A code that opens the project of a test. */
export const CODE = "CM-8K2P-7XN4";

const HOURS_12 = 12 * 3_600_000;

/** A civil day, so many days from today. */
export const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const moment = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
const eur = (amount) => ({ amount, currency: "EUR" });

/** A project in the midst of its work, in French, as the endpoint shows it: what is empty is left out. */
export const PROJECT = {
  name: "Refonte du site « Fougère »",
  language: "fr",
  status: "in-progress",
  start: day(-70),
  end: day(75),
  phases: [
    {
      name: "Audit",
      status: "done",
      start: day(-70),
      end: day(-45),
      milestones: [{ name: "Rapport remis", status: "done", due: day(-46) }],
      deliverables: [{ name: "Rapport d’audit", status: "done", link: "https://files.example/audit.pdf" }],
    },
    {
      name: "Construction",
      status: "in-progress",
      start: day(-44),
      end: day(20),
      milestones: [
        { name: "Premier flux en service", status: "done", due: day(-12) },
        { name: "Anciennes demandes reprises", status: "in-progress", due: day(-2) },
        { name: "Tous les flux en service", status: "planned", due: day(18) },
      ],
      deliverables: [
        { name: "Carte des flux", status: "in-progress", link: "https://files.example/flux" },
        { name: "Manuel", status: "planned" },
      ],
    },
    { name: "Formation", status: "waiting", start: day(21), milestones: [{ name: "Dates à convenir", status: "waiting", due: day(9) }] },
    { name: "Partenariat", status: "planned", start: day(40), end: day(75), milestones: [{ name: "Bilan", status: "planned" }] },
  ],
  updates: [
    { day: day(-2), title: "La reprise prend plus de temps", text: "Certaines demandes n’ont pas de destinataire.\nNous vous les soumettons une à une." },
    { day: day(-46), title: "L’audit est terminé" },
  ],
};

export const PROGRESS = [100, 40, 0, null];

/** What Stripe has of a client. */
export const BILLING = {
  invoices: [
    {
      id: "in_3",
      number: "F-2026-0003",
      status: "open",
      due: eur(180_050),
      paid: eur(60_000),
      remaining: eur(120_050),
      created: moment(-5),
      due_date: moment(12),
      page: "https://invoice.stripe.com/i/3",
      pdf: "https://pay.stripe.com/invoice/3/pdf",
    },
    { id: "in_2", number: "F-2026-0002", status: "paid", due: eur(240_000), paid: eur(240_000), remaining: eur(0), created: moment(-40), due_date: moment(-10), page: "https://invoice.stripe.com/i/2", pdf: null },
    { id: "in_1", number: null, status: "void", due: eur(100), paid: eur(0), remaining: eur(0), created: moment(-60), due_date: null, page: null, pdf: null },
  ],
  transactions: [
    { id: "ch_3QWERTYUIOPASDFG", status: "pending", amount: eur(60_000), refunded: eur(0), created: moment(-1), description: "Premier versement", receipt: null },
    { id: "ch_2QWERTYUIOPASDFG", status: "succeeded", amount: eur(240_000), refunded: eur(20_000), created: moment(-30), description: null, receipt: "https://pay.stripe.com/receipts/2" },
    { id: "ch_1QWERTYUIOPASDFG", status: "failed", amount: eur(240_000), refunded: eur(0), created: moment(-31), description: null, receipt: null },
  ],
};

/** A project with so many milestones in each of ten phases. */
export function large(each) {
  const milestones = (phase) => Array.from({ length: each }, (_, n) => ({ name: `Milestone ${phase}.${n}`, status: n % 2 ? "planned" : "done", due: day(phase * 30 + n) }));
  const phases = Array.from({ length: 10 }, (_, n) => ({ name: `Phase ${n}`, status: "planned", start: day(n * 30), end: day(n * 30 + 29), milestones: milestones(n) }));
  return { ...PROJECT, phases };
}

/** Answers what the portal's page asks for below `/api/portal`. */
export class Portal {
  /** What is shown to whoever has a code, by the code. */
  views = new Map([[CODE, { project: PROJECT, progress: PROGRESS, billing: BILLING }]]);
  /** Every request that arrived: `{ path, method, headers, body }`. */
  requests = [];
  /** What is answered next in place of the usual: `"down"`, or `{ status, type }`. */
  next = [];

  #proofs = new Proofs();
  #tokens = new Map();

  /** Stands between the pages of a context, or one page, and the server. */
  async attach(pages) {
    await pages.route("**/api/portal/**", (route) => this.#answer(route));
    return this;
  }

  /** How often something was asked for, such as `validate`. */
  count(what) {
    return this.requests.filter(({ path }) => path === `/api/portal/${what}`).length;
  }

  async #answer(route) {
    const request = route.request();
    const { pathname: path } = new URL(request.url());
    const [method, body] = [request.method(), request.postData()];
    this.requests.push({ path, method, headers: request.headers(), body });
    const isChallenge = path === "/api/portal/challenge";
    const instead = isChallenge ? undefined : this.next.shift();
    if (instead === "down") return route.abort("connectionrefused");
    if (instead) return this.#problem(route, instead.status, instead.type);
    if (isChallenge && method === "GET") return route.fulfill({ status: 200, json: { challenge: this.#proofs.challenge() } });
    if (method !== "POST" || request.headers()["content-type"] !== "application/json") return this.#problem(route, 415, "media-type");
    const sent = JSON.parse(body);
    if (path === "/api/portal/validate") {
      if (Object.keys(sent).toSorted().join() !== "_language,_proof,code") return this.#problem(route, 400, "malformed");
      if (!this.#proofs.spends(sent._proof)) return this.#problem(route, 403, "proof");
      return this.views.has(sent.code) ? this.#show(route, sent.code, Date.now() + HOURS_12) : this.#problem(route, 403, "refused");
    }
    if (path !== "/api/portal/refresh" || Object.keys(sent).join() !== "token") return this.#problem(route, 400, "malformed");
    const known = this.#tokens.get(sent.token);
    return known && known.until > Date.now() && this.views.has(known.code) ? this.#show(route, known.code, known.until) : this.#problem(route, 403, "expired");
  }

  #show(route, code, until) {
    const token = randomUUID();
    this.#tokens.set(token, { code, until });
    return route.fulfill({ status: 200, json: { token, until: new Date(until).toISOString(), refreshed: new Date().toISOString(), ...this.views.get(code) } });
  }

  #problem(route, status, type) {
    return route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ type: `urn:plainsite:problem:${type}`, status }) });
  }
}

/** Opens the portal's page with the functions' part in its way. */
export async function openPortal(page, server, path = "/portal/") {
  const api = await new Portal().attach(page);
  await page.goto(server.at(path));
  return { page, api, input: page.locator("#portal-code"), fault: page.locator("#portal-code-fault"), status: page.locator(".portal-status") };
}

/** Opens a project by its code. */
export async function openProject(page, server, path, view) {
  const opened = await openPortal(page, server, path);
  if (view) opened.api.views.set(CODE, view);
  await opened.input.fill(CODE);
  await opened.input.press("Enter");
  await page.locator("#portal-name").waitFor();
  return opened;
}
