// `plainsite audit` on a copy of the site in `audited/`, whose services stand in the folder beside it.

import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { cp, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { atEnd } from "./ends.js";
import { copySite, PROGRAM } from "./site.js";

const AUDITED = fileURLToPath(new URL("audited", import.meta.url));

/** How long an audit of a few pages may take, also on a busy machine. */
const PATIENCE = 240_000;

/** A copy of the site, with its stand-ins. */
export async function copyAudited(t) {
  const site = await copySite(t, AUDITED);
  await cp(join(AUDITED, "stand-ins"), site.path("stand-ins"), { recursive: true });
  return site;
}

/** Has texts stand in for what other hosts, or `self`, serve. Without any, nothing stands in for all of them. */
export async function standIn(site, texts) {
  await mkdir(site.path("stand-ins"));
  for (const [file, text] of Object.entries(texts)) {
    const path = site.path(join("stand-ins", file));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** Audits a site; resolves with the exit code, what it said, and the report. */
export async function audit(site, more = []) {
  const args = ["audit", "--root", site.root, "--stand-ins", site.path("stand-ins"), "--format", "json", ...more];
  const { code, stdout, stderr } = await new Promise((resolve) => {
    execFile(PROGRAM, args, { timeout: PATIENCE, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
  });
  const report = await readFile(site.path("audit/audit.json"), "utf8").then(JSON.parse, () => null);
  return new Audit(code, stdout, stderr, report);
}

class Audit {
  constructor(code, stdout, stderr, report) {
    Object.assign(this, { code, stdout, stderr, report });
  }

  /** What was found, as `rule: message`, with what it was seen to be below. */
  get found() {
    return this.report.diagnostics.map(({ rule, message, why }) => `${rule}: ${message}\n${why}`);
  }

  /** Whether a finding of a rule names all of these. */
  names(rule, ...words) {
    return this.found.some((found) => found.startsWith(`${rule}:`) && words.every((word) => found.includes(word)));
  }

  state(name) {
    return this.report.states.find(({ state }) => state === name);
  }
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".xml": "application/xml", ".svg": "image/svg+xml" };

/** A host of a built site that sends no Content-Security-Policy. */
export async function hostWithoutPolicy(t, folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const found = await stat(file).then((stats) => stats.isFile(), () => false);
    response.writeHead(found ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    if (found) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(t, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${server.address().port}`;
}
