// The functions' own adapter for Stripe against PyPI's `localstripe`, a Stripe that others wrote.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

import { atEnd, within } from "../support/ends.js";
import { WORKSPACE } from "../support/site.js";

const CARGO = ["test", "-p", "functions", "--all-features", "--test", "adapters", "--", "--ignored", "--exact", "stripe::an_emulator_that_others_wrote_agrees"];

/** Where `cargo xtask ci` installs the packages of Python. */
const PYTHON = join(WORKSPACE, "target/python/bin/python");

async function started(t) {
  const stripe = spawn(PYTHON, [join(WORKSPACE, "e2e/outside/localstripe.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(stripe, "exit");
  atEnd(t, async () => {
    stripe.stdin.end();
    await ended;
  });
  const [port] = await within(once(stripe.stdout, "data"), 60_000, () => "the port of localstripe");
  return `http://127.0.0.1:${String(port).trim()}`;
}

/** Makes something, as whoever bills clients would. */
const make = (stripe) => async (path, values = {}) => {
  const headers = { authorization: "Bearer sk_test_seed" };
  const answer = await fetch(new URL(`/v1/${path}`, stripe), { method: "POST", headers, body: new URLSearchParams(values) });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
};

test("localstripe is read as Stripe is", async (t) => {
  const stripe = await started(t);
  const post = make(stripe);
  const customer = await post("customers", { email: "client@acme.example" });
  const card = { number: "4242424242424242", exp_month: "12", exp_year: "2040", cvc: "123" };
  const method = await post("payment_methods", { type: "card", ...Object.fromEntries(Object.entries(card).map(([key, value]) => [`card[${key}]`, value])) });
  await post(`payment_methods/${method.id}/attach`, { customer: customer.id });
  await post(`customers/${customer.id}`, { "invoice_settings[default_payment_method]": method.id });

  const draft = async (amount) => {
    await post("invoiceitems", { customer: customer.id, amount, currency: "eur" });
    return post("invoices", { customer: customer.id });
  };
  const finalized = async (amount) => post(`invoices/${(await draft(amount)).id}/finalize`);
  await post(`invoices/${(await finalized(1000)).id}/void`);
  await post(`invoices/${(await finalized(2000)).id}/pay`);
  for (let open = 0; open < 27; open += 1) await finalized(3000 + open);
  await draft(6000);
  const charge = await post("charges", { amount: 7000, currency: "eur", source: method.id, customer: customer.id, description: "Deposit" });
  await post("refunds", { charge: charge.id, amount: 1500 });

  const env = { ...process.env, STRIPE_EMULATOR: stripe, STRIPE_CUSTOMER: customer.id };
  const { stdout } = await promisify(execFile)("cargo", CARGO, { cwd: WORKSPACE, env, maxBuffer: 1e8 });
  assert.match(stdout, /1 passed/);
});
