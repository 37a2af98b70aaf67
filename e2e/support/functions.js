// The functions' program as a child, whatever host starts it, and requests to it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { atEnd, within } from "./ends.js";
import { PROGRAM, WORKSPACE } from "./site.js";

/** The program of the functions: what the host's builder made, or cargo's. */
export const FUNCTIONS = resolve(WORKSPACE, process.env.PLAINSITE_FUNCTIONS || "target/debug/index");

/** The same hosts with endpoints that only tests need: `functions/examples/hosted.rs`. */
export const HOSTED = resolve(WORKSPACE, "target/debug/examples/hosted");

/** How long the program may take for anything. */
export const PATIENCE = 15_000;

/** The variables of a program with a database of its own, whose tables are made. */
export async function configured(t, more = {}) {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-functions-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  const env = { PLAINSITE_SECRET: "the secret of a test, of 32 characters", DATABASE_URL: `sqlite:${join(folder, "store.sqlite")}`, ...more };
  await operate(env, "doctor", "--migrate");
  return env;
}

/** Runs a command of an operator on this repository's site; resolves with what it printed. */
export async function operate(env, ...command) {
  const { stdout } = await promisify(execFile)(PROGRAM, [...command, "--root", WORKSPACE], { env });
  return stdout;
}

/** The code of a project of the portal, `Harbour`, which is made. */
export async function handedOut(t, env) {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-projects-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "harbour.yaml"), "name: Harbour\nstatus: in-progress\n");
  await operate(env, "projects", "import", folder);
  return (await operate(env, "code", "new", "harbour")).trim();
}

/** Solves a challenge by the script that pages have. */
export async function solved(challenge) {
  const script = await readFile(join(WORKSPACE, "generator/templates/forms/proof.js"), "utf8");
  const { solve } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  return solve(challenge);
}

/** A running program, which ends with its test. Its environment is what is given, and nothing of ours. */
export class Program {
  /** What it has said on standard error, a line each. */
  said = [];

  #child;
  #ended;

  constructor(t, file, env) {
    this.#child = spawn(file, [], { env, stdio: ["ignore", "inherit", "pipe"] });
    this.#ended = once(this.#child, "close");
    // A program that cannot be started is told by whoever waits for it.
    this.#ended.catch(() => {});
    this.lines = createInterface({ input: this.#child.stderr }).on("line", (line) => this.said.push(line));
    atEnd(t, () => this.end("SIGKILL"));
  }

  /** What is waited for, or the reason why it cannot come. */
  patiently(promise, what) {
    const gone = this.#ended.then(([code, signal]) => {
      throw new Error(`the program ended with ${code ?? signal} before ${what}; it said:\n${this.said.join("\n")}`);
    });
    return within(Promise.race([promise, gone]), PATIENCE, () => `${what}; the program said:\n${this.said.join("\n")}`);
  }

  /** Waits for a line that it says, or has said. */
  says(pattern) {
    const said = new Promise((resolve) => {
      const look = () => this.said.some((line) => pattern.test(line)) && resolve();
      this.lines.on("line", look);
      look();
    });
    return this.patiently(said, `it said ${pattern}`);
  }

  /** Sends a signal; resolves with the exit code, or none where the signal ended it. */
  async end(signal) {
    this.#child.kill(signal);
    const [code] = await within(this.#ended, PATIENCE, () => `the program's end after ${signal}`);
    return code;
  }
}

/** A request to a port of this machine; resolves with its answer. */
export function ask(port, method, path, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({ host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, agent: false }, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      resolve(answer(response.statusCode, response.headers, Buffer.concat(parts).toString("utf8")));
    });
    // A refused body may be cut off while it is sent, after its answer has come.
    sent.on("error", reject);
    sent.end(body);
  });
}

/** An answer, the same from every host. */
export function answer(status, headers, text) {
  return { status, headers, text, json: () => JSON.parse(text) };
}

/** Starts the program on plain TCP. */
export async function startTcp(t, { program = FUNCTIONS, env = {} } = {}) {
  const child = new Program(t, program, { PORT: "0", ...env });
  const [line] = await child.patiently(once(child.lines, "line"), "its address");
  const port = Number(/http:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1]);
  return {
    program: child,
    port,
    call: (method, path, options) => child.patiently(ask(port, method, path, options), `the answer of ${path}`),
    stop: () => child.end("SIGTERM"),
  };
}
