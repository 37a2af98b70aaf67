// Each choice leaves one proof where the site keeps proofs, and the server's cookie is the script's.

import assert from "node:assert/strict";
import test from "node:test";

import { banner, dialog, inFrench, kept, openChoices, press, proving, reloads, SERVICES, status } from "../support/choices.js";
import { receipts, records } from "../support/receipts.js";
import { run } from "../support/site.js";

const ALL = Object.keys(SERVICES);
const ADDRESS = "**/api/consent";
const archive = (site) => run(site, ["receipts", "archive"]);
const open = (t) => openChoices(t, { change: (files) => inFrench(proving(files)), prepare: archive });
const waiting = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("plainsite-receipts") ?? "[]").length);
const signal = (context) => context.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { value: true, configurable: true }));

/** Acts, and waits until nothing waits to be received any more. A page that loads again does not always live to hear the answer. */
async function proven(page, act) {
  await act();
  await page.waitForFunction(() => document.readyState === "complete" && localStorage.getItem("plainsite-receipts") === "[]");
}

test("choices are proven", async (t) => {
  const { site, server, visit } = await open(t);
  /** What was kept since the last time. */
  let known = 0;
  const fresh = async () => {
    const all = await records(site);
    const fresh = all.slice(0, all.length - known);
    known = all.length;
    return fresh;
  };
  const told = ({ receipt: { how, accepted, refused, signalled, language } }) => ({ how, accepted, refused, signalled, language });
  const en = { signalled: false, language: "en" };

  await t.test("a refusal", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await proven(page, () => press(banner(page), "refuse"));
    const [record, ...others] = await fresh();
    assert.deepEqual(others, []);
    assert.deepEqual(told(record), { how: "consent", accepted: [], refused: ALL, ...en });
    assert.deepEqual(record.event.map(({ event_state }) => event_state), ["dpv:ConsentRefused"]);
    assert.ok(Math.abs(Date.now() - Date.parse(record.receipt.decided)) < 60_000);
    assert.equal(JSON.stringify(record.receipt).includes("127.0.0"), false, "no address");
    const beside = await receipts(site, ["show", record.receipt.id]);
    for (const said of ["Audience measurement", "Films: plays films", "[Refuse all] [Accept all]", "refused: counter, heat"]) assert.ok(beside.includes(said), `${said} in ${beside}`);
    await page.goto(server.at("/short/"));
    assert.deepEqual([await status(page), await waiting(page), await fresh()], ["decided", 0, []], "and nothing more with the next page");
  });

  await t.test("an acceptance, in French", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/fr/"));
    await proven(page, () => reloads(page, () => press(banner(page), "accept")));
    const [record, ...others] = await fresh();
    assert.deepEqual(others, [], "though the page was loaded again meanwhile");
    assert.deepEqual(told(record), { how: "consent", accepted: ALL, refused: [], signalled: false, language: "fr" });
    assert.deepEqual([record.banner.language, record.banner.says.words.accept], ["fr", "Tout accepter"]);

    await proven(page, () => reloads(page, () => page.locator("[data-consent=withdraw]").first().click()));
    const [withdrawn, ...more] = await fresh();
    assert.deepEqual(more, []);
    assert.deepEqual(told(withdrawn), { how: "withdrawal", accepted: [], refused: ALL, signalled: false, language: "fr" });
    assert.deepEqual(withdrawn.event.map(({ event_state }) => event_state), ["dpv:ConsentWithdrawn"]);
    assert.notEqual(withdrawn.record.record_id, record.record.record_id);
  });

  await t.test("a choice by service, and what is loaded once leaves none", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/film/"));
    await reloads(page, () => press(page.locator("figure"), "once"));
    assert.deepEqual([await waiting(page), await fresh()], [0, []]);
    await press(banner(page), "choose");
    await dialog(page).locator("input[name=heat]").check();
    await proven(page, () => reloads(page, () => press(dialog(page), "save")));
    const [record, ...others] = await fresh();
    assert.deepEqual(others, []);
    assert.deepEqual(told(record), { how: "choices", accepted: ["heat"], refused: ALL.filter((id) => id !== "heat"), ...en });
  });

  await t.test("Global Privacy Control leaves none, and a choice under it says so", async (t) => {
    const page = await visit(t);
    await signal(page.context());
    await page.goto(server.at("/cookies/"));
    assert.deepEqual([await status(page), await waiting(page), await fresh()], ["gpc", 0, []]);
    await proven(page, () => reloads(page, () => page.evaluate(() => plainsite.consent.accept())));
    const [record] = await fresh();
    assert.deepEqual(told(record), { how: "script", accepted: ALL, refused: [], signalled: true, language: "en" });
  });

  await t.test("without a script there is none", async (t) => {
    const page = await visit(t, { javaScriptEnabled: false });
    await page.goto(server.at("/"));
    assert.deepEqual([await kept(page), await fresh()], [undefined, []]);
  });

  await t.test("what could not be sent comes with a later page, once, and brings no old choice back", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await page.context().route(ADDRESS, (route) => route.abort());
    await press(banner(page), "refuse");
    await banner(page).waitFor({ state: "detached" });
    assert.deepEqual([await status(page), await waiting(page)], ["decided", 1], "the choice holds all the same");
    // A second passes for the visitor, so that the second choice is the newer one.
    await page.clock.setFixedTime(Date.now() + 2_000);
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ film: true })));
    const choice = await kept(page);
    assert.deepEqual([await waiting(page), await fresh()], [2, []]);
    await page.context().unroute(ADDRESS);
    await proven(page, () => page.goto(server.at("/short/")));
    assert.deepEqual((await fresh()).map(({ receipt }) => receipt.accepted.join()).sort(), ["", "film"]);
    assert.deepEqual([await kept(page), await status(page)], [choice, "decided"]);
  });

  await t.test("what waited for longer than a choice holds is forgotten", async (t) => {
    const page = await visit(t);
    await page.context().route(ADDRESS, (route) => route.abort());
    await page.goto(server.at("/"));
    await press(banner(page), "refuse");
    await banner(page).waitFor({ state: "detached" });
    assert.equal(await waiting(page), 1);
    await page.context().unroute(ADDRESS);
    await page.clock.setFixedTime(Date.now() + 200 * 24 * 3_600_000);
    await page.goto(server.at("/short/"));
    await banner(page).waitFor();
    assert.deepEqual([await waiting(page), await fresh()], [0, []]);
  });

  await t.test("they are on the development page", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/_plainsite/receipts"));
    assert.equal(await page.locator("article").count(), known);
  });
});

test("the server's cookie is the script's", async (t) => {
  const { server, visit } = await open(t);
  for (const [what, act] of Object.entries({
    refuse: (page) => press(banner(page), "refuse"),
    "one of two in a category": (page) => page.evaluate(() => plainsite.consent.save({ heat: true, pixel: false })),
    accept: (page) => press(banner(page), "accept"),
  })) {
    await t.test(what, async (t) => {
      const page = await visit(t);
      await page.addInitScript(() => {
        const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
        const written = (text) => {
          if (text.startsWith("plainsite-consent=") && !text.includes("=;")) sessionStorage.setItem("written", text);
        };
        Object.defineProperty(Document.prototype, "cookie", { configurable: true, get, set(text) { written(text); set.call(this, text); } });
      });
      await page.goto(server.at("/"));
      await banner(page).waitFor();
      const sending = page.waitForRequest(ADDRESS);
      await proven(page, () => act(page));
      const sent = await sending;
      // The same receipt gets the same answer again.
      const answer = await page.request.post(sent.url(), { headers: { "content-type": "application/json", origin: new URL(sent.url()).origin }, data: sent.postData() });
      assert.equal(answer.status(), 204);
      const cookie = answer.headers()["set-cookie"];
      const written = await page.evaluate(() => sessionStorage.getItem("written"));
      // The server answers a moment later, by when the choice may have a second less to last.
      const [ours, theirs] = [written, cookie].map((text) => text.split(/(?<=Max-Age=)(\d+)/));
      assert.deepEqual([theirs[0], theirs[2]], [ours[0], ours[2]]);
      assert.ok(ours[1] - theirs[1] >= 0 && ours[1] - theirs[1] <= 5, `${cookie} and ${written}`);
    });
  }
});

test("a banner that is not archived is an error", async (t) => {
  const { site, server } = await open(t);
  const mark = server.mark();
  await site.edit("content/privacy.yaml", "does: plays films\n    category", "does: shows films\n    category");
  const said = await server.saysAfter(mark, /banner-not-archived/);
  assert.ok(said.length);
  await archive(site);
  assert.match(await run(site, ["check"]), /^(?!.*error)/s);
});

test("a site that declares none sends none", async (t) => {
  const { server, visit } = await openChoices(t);
  const page = await visit(t);
  const sent = [];
  page.on("request", (request) => sent.push(request.url()));
  await page.goto(server.at("/"));
  await press(banner(page), "refuse");
  await banner(page).waitFor({ state: "detached" });
  await page.goto(server.at("/short/"));
  assert.deepEqual(sent.filter((url) => url.includes("/api/")), []);
  assert.equal(await page.evaluate(() => localStorage.getItem("plainsite-receipts")), null);
});
