// The functions' part of a form, as strict as they are about what a page sends: for tests of the page. And what people type.

import { randomUUID } from "node:crypto";

import { Proofs } from "./proofs.js";

/** A whole discovery request, by the names of its fields. */
export const TYPED = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  phone: "+33 6 12 34 56 78",
  agency: "Analytical Engines",
  agency_type: "Design",
  package: "audit",
  message: "A problem,\nand a project: « déjà vu » 🎉",
  slot: "2027-01-20T10:00",
};

const TECHNICAL = ["_token", "_proof", "_key", "_language", "_zone", "_page", "_referrer", "company_website"];

/** Fills the form of a page in; the rest of a date is the browser's own. */
export async function fillIn(page, values = TYPED) {
  const form = page.getByRole("form");
  for (const [name, value] of Object.entries(values)) {
    const control = form.locator(`[name=${name}]`);
    if (name === "package") await control.selectOption(value);
    else await control.fill(value);
  }
  return form;
}

/** Answers what pages below `/api` ask for. */
export class Api {
  /** Every submission that arrived, stored or not: `{ headers, body }`. */
  posts = [];
  /** The leads that were stored: id by idempotency key. */
  leads = new Map();
  /** How often a challenge was made. */
  challenges = 0;
  /** What is answered next in place of the usual: `"down"`, or `{ status, type, … }`. */
  next = [];

  #tokens = new Set();
  #proofs = new Proofs();

  /** Stands between a page and the server. */
  async attach(page) {
    await page.route("**/api/**", (route) => this.#answer(route));
    return this;
  }

  async #answer(route) {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (request.method() === "GET") {
      if (!/^\/api\/forms\/contact\/challenge$/.test(pathname)) return this.#problem(route, 404, "not-found");
      this.challenges += 1;
      const token = randomUUID();
      this.#tokens.add(token);
      return route.fulfill({ status: 200, json: { token, challenge: this.#proofs.challenge() } });
    }
    if (pathname !== "/api/contact") return this.#problem(route, 404, "not-found");
    this.posts.push({ headers: request.headers(), body: request.postData() });
    const instead = this.next.shift();
    if (instead === "down") return route.abort("connectionrefused");
    if (instead) return this.#problem(route, instead.status, instead.type, instead);
    if (request.headers()["content-type"] !== "application/json") return this.#problem(route, 415, "media-type");
    const { _key: key, ...body } = JSON.parse(request.postData());
    const unknown = Object.keys(body).filter((name) => !(name in TYPED) && !TECHNICAL.includes(name));
    if (unknown.length) return this.#problem(route, 422, "invalid", { errors: unknown.map((field) => ({ field, fault: "unknown-field", message: "unknown" })) });
    if (!key || request.headers()["idempotency-key"] !== key) return this.#problem(route, 400, "malformed");
    if (!this.#tokens.has(body._token)) return this.#problem(route, 403, "token");
    if (!this.#proofs.accepts(body._proof)) return this.#problem(route, 403, "proof");
    if (!this.leads.has(key)) this.leads.set(key, randomUUID());
    return route.fulfill({ status: 202, json: { id: this.leads.get(key) } });
  }

  #problem(route, status, type, { headers, errors } = {}) {
    return route.fulfill({ status, headers, contentType: "application/problem+json", body: JSON.stringify({ type: `urn:plainsite:problem:${type}`, status, errors }) });
  }
}
