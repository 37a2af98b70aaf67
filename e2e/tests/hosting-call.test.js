// One program on three hosts: the same answers on each, and what only a host can know or promise.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HOSTED, configured, startTcp } from "../support/functions.js";
import { startLambda } from "../support/lambda.js";
import { startVercel } from "../support/vercel.js";

const HOSTS = { vercel: startVercel, lambda: startLambda, tcp: startTcp };

for (const [name, start] of Object.entries(HOSTS)) {
  test(`${name}: the functions answer, and say what is not there or too large`, async (t) => {
    const host = await start(t, { env: await configured(t) });
    const health = await host.call("GET", "/api/health");
    assert.equal(health.status, 200, health.text);
    assert.equal(health.headers["cache-control"], "no-store");

    const unknown = await host.call("GET", "/api/nothing?at=all");
    assert.equal(unknown.status, 404);
    assert.equal(unknown.headers["content-type"], "application/problem+json");
    assert.equal(unknown.json().type, "urn:plainsite:problem:not-found");

    const large = await host.call("POST", "/api/forms/contact", { headers: { "content-type": "application/json" }, body: "a".repeat(16_385) });
    assert.equal(large.status, 413);
    assert.equal(large.json().type, "urn:plainsite:problem:too-large");
    assert.equal(large.headers["cache-control"], "no-store");
  });

  test(`${name}: a panic is an answer, and the program goes on`, async (t) => {
    const host = await start(t, { program: HOSTED });
    const fault = await host.call("GET", "/api/panics");
    assert.equal(fault.status, 500);
    assert.equal(fault.json().type, "urn:plainsite:problem:internal");
    assert.equal((await host.call("GET", "/api/release")).status, 200);
    await host.program.says(/"event":"panicked"/);
    assert.ok(![fault.text, ...host.program.said].some((line) => line.includes("canary")));
  });

  test(`${name}: the client's address is what the host saw, whatever the client says`, async (t) => {
    const host = await start(t, { program: HOSTED });
    const forged = { "x-forwarded-for": "198.51.100.7", "x-real-ip": "198.51.100.7", forwarded: "for=198.51.100.7" };
    const seen = await host.call("GET", "/api/address", { headers: forged, client: "192.0.2.9" });
    assert.equal(seen.text, name === "tcp" ? "127.0.0.1" : "192.0.2.9");
  });
}

test("vercel: an invocation ends when the work that it left is done", async (t) => {
  const host = await startVercel(t, { program: HOSTED });
  assert.equal((await host.ping()).text, "OK");
  const begun = await host.call("GET", "/api/later");
  assert.equal(begun.text, "begun");
  // A whole other invocation comes and goes meanwhile.
  await (await host.call("GET", "/api/address")).ended();
  assert.ok(!begun.hasEnded());
  await host.call("GET", "/api/release");
  await begun.ended();
});

for (const [name, start] of [["vercel", startVercel], ["tcp", startTcp]]) {
  test(`${name}: a program that is told to end does so in peace`, async (t) => {
    const host = await start(t, { env: await configured(t) });
    assert.equal((await host.call("GET", "/api/health")).status, 200);
    assert.equal(await host.stop(), 0);
  });
}
