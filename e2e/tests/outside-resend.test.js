// The functions' own adapter for Resend against an emulator of Resend that others wrote.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import test from "node:test";
import { promisify } from "node:util";

import { createEmulator } from "emulate";

import { atEnd } from "../support/ends.js";
import { WORKSPACE } from "../support/site.js";

const CARGO = ["test", "-p", "functions", "--all-features", "--test", "adapters", "--", "--ignored", "--exact", "emulator::it_takes_each_letter_once"];

test("the emulator of Resend takes each letter once", async (t) => {
  const resend = await createEmulator({ service: "resend", port: 0 });
  atEnd(t, () => resend.close());
  const env = { ...process.env, RESEND_EMULATOR: resend.url };
  const { stdout } = await promisify(execFile)("cargo", CARGO, { cwd: WORKSPACE, env, maxBuffer: 1e8 });
  assert.match(stdout, /1 passed/);

  const answer = await fetch(new URL("/emails", resend.url), { headers: { authorization: "Bearer re_stand_in" } });
  const { data } = await answer.json();
  const sent = data.map(({ to, subject, reply_to }) => ({ to, subject, reply_to })).sort((a, b) => a.subject.localeCompare(b.subject, "en"));
  assert.deepEqual(sent, [
    { to: ["Operations <ops@acme.example>"], subject: "Discovery form: a new message", reply_to: ["canary-email@visitor.example"] },
    { to: ["canary-email@visitor.example"], subject: "Nous avons reçu votre envoi\u00a0: Formulaire de découverte", reply_to: [] },
  ]);
});
