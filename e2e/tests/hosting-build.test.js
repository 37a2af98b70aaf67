// The host's own command line builds this repository, with no network and no account, and what it built is what the host needs.
//
// The site's program is the one that is tested everywhere else, and the functions are compiled without optimisation: neither changes what is
// asserted here. With `HOSTING=whole`, all is built as on the host.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { atEnd } from "../support/ends.js";
import { configured, handedOut, solved } from "../support/functions.js";
import { startVercel } from "../support/vercel.js";
import { PROGRAM, WORKSPACE, newSite } from "../support/site.js";

const run = promisify(execFile);
const WHOLE = process.env.HOSTING === "whole";
const CLI = join(dirname(createRequire(join(WORKSPACE, "e2e/vercel/package.json")).resolve("vercel/package.json")), "dist");

/** The newest glibc that the host has. */
const GLIBC = [2, 34];

/** What makes the functions compile in minutes. The panics' way is left as it is. */
const QUICK = {
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

/** The rules of the command line for `vercel.json`: a function with its schema. */
const { getConfigValidator } = await import(pathToFileURL(join(CLI, "chunks/config-validator.mjs")).href);
const valid = getConfigValidator();

const config = JSON.parse(await readFile(join(WORKSPACE, "vercel.json"), "utf8"));

test("the command line finds nothing wrong with vercel.json, and would find a wrong header", () => {
  assert.ok(valid(config), JSON.stringify(valid.errors));
  assert.ok(!valid({ ...config, headers: [{ source: "/", header: [] }] }));
});

test("plainsite knows every key that the command line knows", async (t) => {
  const keys = Object.keys(valid.schema.properties);
  assert.ok(keys.length > 10 && keys.includes("services"));
  const site = await newSite(t, { "content/_index.md": "# Home\n", "vercel.json": JSON.stringify(Object.fromEntries(keys.map((key) => [key, {}]))) });
  const { stdout } = await run(PROGRAM, ["check", "--root", site.root, "--format", "short"]).catch((error) => error);
  assert.match(stdout, /stale-headers/);
  assert.doesNotMatch(stdout, /unknown-key/);
});

test("what the command line builds is whole", { timeout: 1_800_000 }, async (t) => {
  const root = await copy(t);
  await build(root);
  const output = join(root, ".vercel/output");
  const read = async (file) => JSON.parse(await readFile(join(output, file), "utf8"));
  const { routes, crons } = await read("config.json");

  await t.test("the functions' output has the name that its route leads to", async () => {
    const functions = await readdir(join(output, "services/api/functions"));
    const route = (await read("services/api/config.json")).routes.find((route) => route.dest);
    assert.deepEqual(functions, [`${route.dest.slice(1)}.func`]);
    assert.match("/api/health", new RegExp(route.src));
    const { handler, runtime, maxDuration } = await read(`services/api/functions/${functions[0]}/.vc-config.json`);
    assert.deepEqual({ handler, runtime, maxDuration }, { handler: "executable", runtime: "executable", maxDuration: 10 });
  });

  await t.test("every page is there, and nothing that is not the site's", async () => {
    const files = await below(join(output, "services/site/static"));
    for (const file of ["index.html", "fr/index.html", "contact/index.html", "404.html", ".well-known/security.txt", "sitemap.xml"]) {
      assert.ok(files.includes(file), `${file} is missing`);
    }
    assert.deepEqual(files.filter((file) => /(^|\/)\.(?!well-known\/)/.test(file)), []);
  });

  await t.test("what is not there gets the page that says so", async () => {
    const site = (await read("services/site/config.json")).routes;
    const [error, last] = site.slice(site.findIndex((route) => route.handle === "error"));
    assert.equal(error.handle, "error");
    assert.deepEqual([last.status, last.dest], [404, "/404.html"]);
    assert.ok(await stat(join(output, "services/site/static", last.dest)));
  });

  await t.test("pages have a slash, and the functions' addresses stay as they are", () => {
    const moved = (path) => {
      const route = routes.find((route) => route.status === 308 && new RegExp(route.src).test(path));
      return route && path.replace(new RegExp(route.src), route.headers.Location);
    };
    assert.equal(moved("/contact"), "/contact/");
    assert.equal(moved("/fr/services/audit"), "/fr/services/audit/");
    const stay = ["/", "/contact/", "/robots.txt", "/assets/site.abc.css", "/api/health", "/api/jobs/outbox", "/.well-known/gpc.json", "/_vercel/insights/view"];
    assert.deepEqual(stay.filter(moved), []);
  });

  await t.test("requests reach the service that is meant", () => {
    const service = (path) => routes.find((route) => route.destination && new RegExp(route.src).test(path)).destination.service;
    assert.equal(service("/api/forms/contact"), "api");
    assert.equal(service("/apiary/"), "site");
    assert.equal(service("/"), "site");
  });

  await t.test("headers and jobs are those of vercel.json", () => {
    const sent = routes.filter((route) => route.continue && route.headers);
    assert.equal(sent.length, config.headers.length);
    for (const [n, { headers, has }] of config.headers.entries()) {
      assert.deepEqual(sent[n].headers, Object.fromEntries(headers.map(({ key, value }) => [key, value])));
      assert.deepEqual(sent[n].has, has);
    }
    assert.deepEqual(crons, config.crons);
  });

  const executable = join(output, "services/api/functions/index.func/executable");

  await t.test("the executable asks for no newer glibc than the host has", async () => {
    const versions = [...(await readFile(executable, "latin1")).matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [Number(major), Number(minor)]);
    assert.ok(versions.length > 0);
    const newer = versions.filter(([major, minor]) => major > GLIBC[0] || (major === GLIBC[0] && minor > GLIBC[1]));
    assert.deepEqual(newer, []);
  });

  await t.test("the executable answers", async (t) => {
    const host = await startVercel(t, { program: executable, env: await configured(t) });
    assert.equal((await host.ping()).text, "OK");
    const health = await host.call("GET", "/api/health");
    assert.equal(health.status, 200, health.text);
    await health.ended();
    assert.equal(await host.stop(), 0);
  });

  await t.test("the executable opens the portal", async (t) => {
    const env = await configured(t);
    const code = await handedOut(t, env);
    const host = await startVercel(t, { program: executable, env });
    const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
    const post = (path, body) => host.call("POST", path, { headers, body: JSON.stringify(body) });

    const { challenge } = (await host.call("GET", "/api/portal/challenge")).json();
    const opened = await post("/api/portal/validate", { code, _proof: await solved(challenge) });
    assert.equal(opened.status, 200, opened.text);
    assert.equal(opened.json().project.name, "Harbour");
    const refreshed = await post("/api/portal/refresh", { token: opened.json().token });
    assert.equal(refreshed.json().project.name, "Harbour", refreshed.text);
    assert.deepEqual(host.program.said.filter((line) => line.includes(code) || line.includes("Harbour")), []);
  });
});

/** A copy of what git knows or would know of this repository, as the host gets it. */
async function copy(t) {
  const root = await mkdtemp(join(tmpdir(), "plainsite-hosting-"));
  atEnd(t, () => rm(root, { recursive: true, force: true }));
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: WORKSPACE, maxBuffer: 1 << 24 });
  for (const file of stdout.split("\0").filter(Boolean)) {
    await cp(join(WORKSPACE, file), join(root, file)).catch((error) => {
      // Deleted, and git has not been told yet.
      if (error.code !== "ENOENT") throw error;
    });
  }
  await mkdir(join(root, ".vercel"));
  await writeFile(join(root, ".vercel/project.json"), JSON.stringify({ projectId: "prj_local", orgId: "team_local", settings: {} }));
  if (!WHOLE) {
    const site = config.services.site;
    assert.ok(site.buildCommand.includes(CARGO));
    const quick = { ...config, services: { ...config.services, site: { ...site, buildCommand: site.buildCommand.replace(CARGO, PROGRAM) } } };
    await writeFile(join(root, "vercel.json"), `${JSON.stringify(quick, null, 2)}\n`);
  }
  return root;
}

/** The part of the build command that compiles the site's program. */
const CARGO = "cargo run --locked --release -p plainsite --";

async function build(root) {
  const env = {
    ...process.env,
    CARGO_NET_OFFLINE: "true",
    // The dependencies are compiled once for this workspace, not once for each copy.
    CARGO_TARGET_DIR: join(WORKSPACE, "target"),
    VERCEL_BUILD_IMAGE: "1",
    VERCEL_TELEMETRY_DISABLED: "1",
    ...(WHOLE ? {} : QUICK),
  };
  const built = run(process.execPath, [join(CLI, "vc.js"), "build", "--standalone"], { cwd: root, env, maxBuffer: 1 << 26 });
  await built.catch((error) => assert.fail(`vercel build ended with ${error.code}:\n${error.stdout}\n${error.stderr}`));
}

/** The files below a folder, by their paths from there. */
async function below(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
}
