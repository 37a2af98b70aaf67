// Vercel as its functions see it: a socket for messages, a port for requests.

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { atEnd } from "./ends.js";
import { FUNCTIONS, Program, ask } from "./functions.js";

/** Starts the program as the host does. */
export async function startVercel(t, { program = FUNCTIONS, env = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "plainsite-vercel-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  const messages = new Messages();
  const socket = join(folder, "ipc.sock");
  const server = await listen(createServer((stream) => messages.read(stream)), socket);
  atEnd(t, () => new Promise((done) => server.close(done)));
  const child = new Program(t, program, { VERCEL_IPC_PATH: socket, VERCEL_DEV_PORT: String(await freePort()), ...env });
  const started = await child.patiently(messages.wait((message) => message.type === "server-started"), "`server-started`");
  return new Vercel(child, messages, started.payload.httpPort);
}

class Vercel {
  /** The invocations so far. */
  #count = 0;

  constructor(program, messages, port) {
    this.program = program;
    this.messages = messages;
    this.port = port;
  }

  /** Invokes the function. The answer's `ended` resolves when the function says that its work is done too. */
  async call(method, path, { headers = {}, body, client = "192.0.2.1" } = {}) {
    const id = ++this.#count;
    const own = { "x-vercel-internal-invocation-id": `invocation-${id}`, "x-vercel-internal-request-id": String(id) };
    // What a client sends under these names never arrives: the host writes them itself.
    const seen = { "x-real-ip": client, "x-forwarded-for": client };
    const answered = ask(this.port, method, path, { headers: { ...headers, ...own, ...seen }, body });
    const answer = await this.program.patiently(answered, `the answer of ${path}`);
    const ended = () => this.program.patiently(this.messages.wait((message) => this.#ends(message, id)), `\`end\` of ${path}`);
    return { ...answer, ended, hasEnded: () => this.messages.all.some((message) => this.#ends(message, id)) };
  }

  #ends(message, id) {
    const context = message.payload?.context;
    return message.type === "end" && context.requestId === id && context.invocationId === `invocation-${id}`;
  }

  /** Whether it answers at all, as the host asks. */
  ping() {
    return this.program.patiently(ask(this.port, "GET", "/_vercel/ping"), "the answer to a ping");
  }

  /** Ends it as the host does; resolves with the exit code. */
  stop() {
    return this.program.end("SIGTERM");
  }
}

/** The messages of the program: JSON, each closed by a NUL. */
class Messages {
  all = [];
  #waiting = new Set();

  read(stream) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (text) => {
      const parts = (rest + text).split("\0");
      rest = parts.pop();
      this.all.push(...parts.map((part) => JSON.parse(part)));
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The first message that is meant, now or later. */
  wait(meant) {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.all.find(meant);
        if (!found) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

function listen(server, ...where) {
  return new Promise((resolve, reject) => server.once("error", reject).listen(...where, () => resolve(server)));
}

/** A port that nobody has at this moment. */
async function freePort() {
  const server = await listen(createServer(), 0, "127.0.0.1");
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
