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
  const stripe = spawn(PYTHON, [join(WORKSPACE, "e2e/outside/serve_stripe.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(stripe, "exit");
  atEnd(t, async () => {
    stripe.stdin.end();
    await ended;
  });
  const died = ended.then(([code]) => assert.fail(`localstripe ended with ${code}`));
  died.catch(() => {});
  const [port] = await within(Promise.race([once(stripe.stdout, "data"), died]), 60_000, () => "the port of localstripe");
  return `http://127.0.0.1:${String(port).trim()}`;
}

/** Makes something, as whoever bills clients would. */
const make = (stripe) => async (path, values = {}) => {
  const headers = { authorization: "Bearer sk_test_seed", "content-type": "application/json" };
  const answer = await fetch(new URL(`/v1/${path}`, stripe), { method: "POST", headers, body: JSON.stringify(values) });
  const told = await answer.json();
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(told)}`);
  return told;
};

test("localstripe is read as Stripe is", async (t) => {
  const stripe = await started(t);
  const post = make(stripe);
  const customer = await post("customers", { email: "client@acme.example" });
  /** A card of this number, by which the customer pays from now on. */
  const pay = async (number) => {
    const card = { number, exp_month: "12", exp_year: "2040", cvc: "123" };
    const { id } = await post("payment_methods", { type: "card", card });
    await post(`payment_methods/${id}/attach`, { customer: customer.id });
    await post(`customers/${customer.id}`, { invoice_settings: { default_payment_method: id } });
    return id;
  };
  const good = await pay("4242424242424242");
  // It makes invoices for who has a subscription: the first one is paid at once, further ones are drafts.
  const plan = await post("plans", { currency: "eur", interval: "month", amount: 2000, product: { name: "Partnership" } });
  const subscription = await post("subscriptions", { customer: customer.id, items: [{ plan: plan.id }] });
  const draft = () => post("invoices", { customer: customer.id, subscription: subscription.id });
  await draft();
  const charge = await post("charges", { amount: 7000, currency: "eur", source: good, customer: customer.id, description: "Deposit" });
  await post("refunds", { charge: charge.id, amount: 1500 });
  // What a card that is refused was to pay stays open.
  await pay("4000000000000341");
  const open = [];
  while (open.length < 27) open.push(await post(`invoices/${(await draft()).id}/pay`));
  await post(`invoices/${open.pop().id}/void`);

  const env = { ...process.env, STRIPE_EMULATOR: stripe, STRIPE_CUSTOMER: customer.id };
  const { stdout } = await promisify(execFile)("cargo", CARGO, { cwd: WORKSPACE, env, maxBuffer: 1e8 });
  assert.match(stdout, /1 passed/);
});
