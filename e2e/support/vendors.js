// The companies whose scripts, frames and pixels a site loads, all played by one server on this machine that keeps what reaches it.
// A browser opened here finds these hosts there, by a real request over TLS: a preconnect asks for nothing.

import { generateKeyPairSync, sign } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:https";

import { openBrowser } from "./browser.js";
import { atEnd, within } from "./ends.js";

/** What a vendor's script does: it says that it ran, stores what its company likes to store, and sends an event. */
const script = (host) => {
  const name = host.split(".")[0];
  return `(() => {
    const name = ${JSON.stringify(name)};
    (globalThis.ran ??= []).push(name);
    fetch("https://${host}/event", { method: "POST", body: name }).catch(() => {});
  })();`;
};
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** Where vendors are. What the browser itself asks of its maker goes nowhere. */
const HOSTS = ["*.example", "*.i.posthog.com", "end.invalid"];

const answers = [
  [/\.m?js$/, "text/javascript", ({ host }) => script(host)],
  [/\.gif$/, "image/gif", () => PIXEL],
  [/\.css$/, "text/css", () => ""],
  [/\/event$/, "text/plain", () => "ok"],
  [/$/, "text/html", ({ host }) => `<!doctype html><html lang="en"><title>${host}</title><p>${host}`],
];

/** Starts the server. `own` are answers of a test, by address without `https://`: a text, or a function of the request that makes it. */
export async function openVendors(t, own = {}) {
  const asked = [];
  const arrived = new EventEmitter();
  const server = createServer(certificate(), (request, response) => {
    const { host } = request.headers;
    const { pathname } = new URL(request.url, `https://${host}`);
    const body = [];
    request.on("data", (part) => body.push(part));
    request.on("end", () => {
      asked.push({ host, address: host + pathname, method: request.method, body: Buffer.concat(body).toString() });
      arrived.emit("request");
      const [, type, answer] = answers.find(([pattern]) => pattern.test(pathname));
      const text = own[host + pathname] ?? answer;
      // All may be kept, so that an answer out of the browser's own store is tested as well.
      const headers = { "Content-Type": type, "Access-Control-Allow-Origin": request.headers.origin ?? "*", "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Headers": "content-type", "Cache-Control": "max-age=3600" };
      response.writeHead(200, headers).end(typeof text === "function" ? text({ host, path: pathname }) : text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  return new Vendors(server, asked, arrived);
}

class Vendors {
  #server;
  #asked;
  #arrived;

  constructor(server, asked, arrived) {
    this.#server = server;
    this.#asked = asked;
    this.#arrived = arrived;
  }

  /** Its own address, for who says by a header whom he means. */
  get url() {
    return `https://127.0.0.1:${this.#server.address().port}`;
  }

  /** A browser for which the vendors are here. */
  browser(t, more = [], options = {}) {
    return openBrowser(t, [...this.arguments, ...more], options);
  }

  /** The arguments of such a browser. */
  get arguments() {
    const { port } = this.#server.address();
    return [`--host-resolver-rules=${HOSTS.map((host) => `MAP ${host} 127.0.0.1:${port}, `).join("")}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost`, "--ignore-certificate-errors"];
  }

  /** What has been asked for since the last time. What a context's pages asked for before this call has arrived by then. */
  async take(context) {
    const end = await context.newPage();
    await end.goto("https://end.invalid/", { waitUntil: "load" });
    await end.close();
    return this.#asked.splice(0).filter(({ host }) => host !== "end.invalid");
  }

  /** Takes what tests before this one left. */
  forget() {
    this.#asked.length = 0;
  }

  /** Waits until something has been asked for, which is not taken by that. */
  async until(wanted, what) {
    const seen = async () => {
      while (!this.#asked.some(wanted)) await once(this.#arrived, "request");
      return this.#asked.find(wanted);
    };
    return within(seen(), 15_000, () => `${what}; asked for were\n${this.#asked.map(({ method, address }) => `${method} ${address}`).join("\n")}`);
  }

  /** The addresses that have been asked for since the last time. */
  async addresses(context) {
    return (await this.take(context)).map(({ address }) => address);
  }

  /** The hosts that have been asked for something since the last time, each once, in order. */
  async hosts(context) {
    return [...new Set((await this.take(context)).map(({ host }) => host))].sort();
  }
}

/** A certificate that nobody signed, made for this run. */
function certificate() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const der = (tag, ...parts) => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), body]);
  };
  const [INTEGER, BITS, OID, TEXT, TIME, SEQUENCE, SET, VERSION] = [0x02, 0x03, 0x06, 0x0c, 0x17, 0x30, 0x31, 0xa0];
  const algorithm = der(SEQUENCE, der(OID, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, der(OID, [0x55, 0x04, 0x03]), der(TEXT, "vendors"))));
  const times = der(SEQUENCE, der(TIME, "200101000000Z"), der(TIME, "491231235959Z"));
  const key = publicKey.export({ type: "spki", format: "der" });
  const facts = der(SEQUENCE, der(VERSION, der(INTEGER, [2])), der(INTEGER, [1]), algorithm, name, times, name, key);
  const whole = der(SEQUENCE, facts, algorithm, der(BITS, [0], sign("sha256", facts, privateKey)));
  const text = whole.toString("base64").match(/.{1,64}/g).join("\n");
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }), cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n` };
}
