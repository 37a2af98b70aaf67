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
import { configured, handedOut, startTcp } from "../support/functions.js";
import { WORKSPACE } from "../support/site.js";

/** Where `cargo xtask ci` installs the packages of Python. */
const TESTER = join(WORKSPACE, "target/python/bin/schemathesis");

const run = promisify(execFile);

test("a tester that others wrote finds nothing between the document and the functions", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-openapi-"));
  atEnd(t, () => rm(folder, { recursive: true }));
  const CRON_SECRET = "the jobs' secret of a test";
  const env = await configured(t, { CRON_SECRET, FORMS_PER_ADDRESS: "1000000" });
  const PORTAL_CODE = await handedOut(t, env);
  const functions = await startTcp(t, { env });

  const base = `http://127.0.0.1:${functions.port}`;
  // It reads its settings where it runs, and leaves a cache there: in a folder that goes.
  await cp(join(WORKSPACE, "e2e/outside/openapi"), folder, { recursive: true });
  const tester = ["run", `${base}/api/openapi.json`, `--url=${base}`, "--no-color"];
  const settings = { cwd: folder, env: { ...process.env, CRON_SECRET, PORTAL_CODE }, maxBuffer: 1e8 };
  const { stdout } = await run(TESTER, tester, settings).catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));

  assert.match(stdout, /No issues found/);
  // What it made up was right and wrong: forms that are right were sent both as a script and as a browser do.
  const answered = functions.program.said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const count = (route, status) => answered.filter((line) => line.route === route && line.status === status).length;
  const sent = (status) => count("/api/contact", status);
  assert.ok(sent(202) > 20 && sent(303) > 1 && sent(422) > 20, stdout);
  for (const path of ["validate", "refresh"]) assert.ok(count(`/api/portal/${path}`, 200) > 2 && count(`/api/portal/${path}`, 400) > 2, stdout);
});
