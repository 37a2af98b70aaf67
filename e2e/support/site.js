// A copy of the CRESCO site or of an example in a folder of its own, and `plainsite` on it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { atEnd, within } from "./ends.js";

export const WORKSPACE = fileURLToPath(new URL("../../", import.meta.url));

/** The program under test. A relative path is one below the workspace, wherever the tests are started from. */
export const PROGRAM = resolve(WORKSPACE, process.env.PLAINSITE || "target/debug/plainsite");

/** How long a server may take to start, to end, or to say what a test waits for. */
const PATIENCE = 15_000;

/** The root of an example site. */
export const example = (name) => join(WORKSPACE, "examples", name);

/** Copies the `content/` and `templates/` of a site into a new folder, which goes with the test. */
export async function copySite(t, from = WORKSPACE) {
  const root = await mkdtemp(join(tmpdir(), "plainsite-e2e-"));
  atEnd(t, () => rm(root, { recursive: true, force: true }));
  for (const folder of ["content", "templates"]) {
    await cp(join(from, folder), join(root, folder), { recursive: true });
  }
  return new Site(root);
}

/** Writes a site into a new folder, which goes with the test: texts by their paths. */
export async function newSite(t, files) {
  const root = await mkdtemp(join(tmpdir(), "plainsite-e2e-"));
  atEnd(t, () => rm(root, { recursive: true, force: true }));
  const site = new Site(root);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(site.path(file)), { recursive: true });
    await site.write(file, text);
  }
  return site;
}

/** A site's files, by their paths below its root. */
class Site {
  constructor(root) {
    this.root = root;
  }

  path(file) {
    return join(this.root, file);
  }

  read(file) {
    return readFile(this.path(file), "utf8");
  }

  /** Saves in place: for a moment the file is empty, and on a busy machine the server may build that. */
  write(file, text) {
    return writeFile(this.path(file), text);
  }

  /** Replaces a text that is there exactly once. The file is never seen half written. */
  async edit(file, old, fresh) {
    const text = await this.read(file);
    if (text.split(old).length !== 2) throw new Error(`${file} does not hold exactly once: ${old}`);
    await this.writeByRename(file, text.replace(old, () => fresh), join(dirname(file), `.${basename(file)}.tmp`));
  }

  /** Saves as many editors do: the new text goes to a file beside, which then takes the name. */
  async writeByRename(file, text, beside) {
    await this.write(beside, text);
    await rename(this.path(beside), this.path(file));
  }

  move(from, to) {
    return rename(this.path(from), this.path(to));
  }

  remove(file) {
    return rm(this.path(file), { recursive: true });
  }
}

/** Runs the program to its end, such as `["policy", "publish"]` on a site; resolves with what it said. */
export async function run(site, args) {
  const { stdout, stderr } = await promisify(execFile)(PROGRAM, [...args, "--root", site.root, "--format", "short"], { timeout: PATIENCE });
  return stdout + stderr;
}

/** Starts the dev server, on a `day` and a `port` if they are given; it ends with the test. */
export async function serve(t, site, { day, port = 0 } = {}) {
  const child = spawn(PROGRAM, ["serve", "--root", site.root, "--port", String(port), ...(day ? ["--date", day] : [])], { stdio: ["ignore", "pipe", "pipe"] });
  const server = new Server(child);
  atEnd(t, () => server.stop());
  await server.started();
  return server;
}

class Server {
  /** The address, such as `http://127.0.0.1:1717/`. */
  url;
  /** What it has said on standard error, a line each. */
  said = [];

  #child;
  #listeners = new Set();
  #ended;

  constructor(child) {
    this.#child = child;
    this.#ended = once(child, "exit");
    // A program that cannot be started is told by `started`.
    this.#ended.catch(() => {});
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.said.push(line);
      for (const listener of [...this.#listeners]) listener();
    });
  }

  async started() {
    const lines = createInterface({ input: this.#child.stdout });
    const found = (async () => {
      for await (const line of lines) {
        const address = /^\s*(http:\/\/127\.0\.0\.1:\d+\/)$/.exec(line)?.[1];
        if (address) return address;
      }
      throw new Error(`${PROGRAM} ended without an address; it said:\n${this.said.join("\n")}`);
    })();
    const failed = once(this.#child, "error").then(([error]) => {
      throw new Error(`cannot start ${PROGRAM}: ${error.message} (cargo build makes it)`);
    });
    this.url = await within(Promise.race([found, failed]), PATIENCE, () => `the address of ${PROGRAM}`);
    lines.on("line", () => {});
    this.#child.stdout.resume();
  }

  /** The address of a path. */
  at(path) {
    return new URL(path, this.url).href;
  }

  /** How much it has said so far, for `saysAfter`. */
  mark() {
    return this.said.length;
  }

  /** Waits for a line after a mark; resolves with the lines from the mark up to it. */
  saysAfter(mark, pattern) {
    let listener;
    const said = new Promise((resolve) => {
      listener = () => {
        const at = this.said.findIndex((line, index) => index >= mark && pattern.test(line));
        if (at >= 0) resolve(this.said.slice(mark, at + 1));
      };
      this.#listeners.add(listener);
      listener();
    });
    return within(said, PATIENCE, () => `${pattern} on standard error, which has:\n${this.said.slice(mark).join("\n")}`).finally(() =>
      this.#listeners.delete(listener),
    );
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    this.#child.kill("SIGINT");
    try {
      await within(this.#ended, PATIENCE, () => "the server's end after an interrupt");
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw error;
    }
  }
}
