// The functions against their own document: PyPI's `schemathesis` makes up requests from `/api/openapi.json`, right ones and wrong ones, and
// holds each answer against it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

import { atEnd } from "../support/ends.js";
import { configured, startTcp } from "../support/functions.js";
import { WORKSPACE } from "../support/site.js";

/** Where `cargo xtask ci` installs the packages of Python. */
const TESTER = join(WORKSPACE, "target/python/bin/schemathesis");

const run = promisify(execFile);

test("a tester that others wrote finds nothing between the document and the functions", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-openapi-"));
  atEnd(t, () => rm(folder, { recursive: true }));
  const CRON_SECRET = "the jobs' secret of a test";
  const functions = await startTcp(t, { env: await configured(t, { CRON_SECRET, FORMS_PER_ADDRESS: "1000000" }) });

  const base = `http://127.0.0.1:${functions.port}`;
  // It reads its settings where it runs, and leaves a cache there: in a folder that goes.
  await cp(join(WORKSPACE, "e2e/outside/openapi"), folder, { recursive: true });
  const tester = ["run", `${base}/api/openapi.json`, `--url=${base}`, "--no-color"];
  const settings = { cwd: folder, env: { ...process.env, CRON_SECRET }, maxBuffer: 1e8 };
  const { stdout } = await run(TESTER, tester, settings).catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));

  assert.match(stdout, /No issues found/);
  // What it made up reached the store: forms that are right were sent both as a script and as a browser do.
  const answered = functions.program.said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)).filter(({ route }) => route === "/api/contact");
  const count = (status) => answered.filter((line) => line.status === status).length;
  assert.ok(count(202) > 20 && count(303) > 1 && count(422) > 20, stdout);
});
