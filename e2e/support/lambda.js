// AWS Lambda as its functions see it: the Runtime API, with events of an HTTP API (payload version 2.0).

import { createServer } from "node:http";

import { atEnd } from "./ends.js";
import { FUNCTIONS, Program, answer } from "./functions.js";

const BASE = "/2018-06-01/runtime";

/** Starts the program as the host does. */
export async function startLambda(t, { program = FUNCTIONS, env = {} } = {}) {
  const runtime = new Runtime();
  const server = createServer((request, response) => runtime.handle(request, response));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  atEnd(t, () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  const child = new Program(t, program, {
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}`,
    AWS_LAMBDA_FUNCTION_NAME: "functions",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/functions",
    AWS_LAMBDA_LOG_STREAM_NAME: "test",
    ...env,
  });
  return {
    program: child,
    call: (method, path, options) => child.patiently(runtime.invoke(event(method, path, options)), `the answer of ${path}`),
  };
}

/** The Runtime API: the function asks for an event, and posts what came of it. */
class Runtime {
  #count = 0;
  /** Events that nobody has asked for yet. */
  #events = [];
  /** Requests for an event that wait for one. */
  #idle = [];
  /** What is waited for, by the event's id. */
  #open = new Map();

  invoke(event) {
    const id = `request-${++this.#count}`;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#events.push({ id, event });
      this.#hand();
    });
  }

  async handle(request, response) {
    if (request.method === "GET" && request.url === `${BASE}/invocation/next`) {
      this.#idle.push(response);
      return this.#hand();
    }
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString("utf8");
    response.writeHead(202).end();
    const [, id, kind] = new RegExp(`^${BASE}/invocation/([^/]+)/(response|error)$`).exec(request.url) ?? [];
    const open = this.#open.get(id);
    if (kind === "response") open.resolve(answered(JSON.parse(body)));
    else open?.reject(new Error(`the function failed: ${body}`));
  }

  #hand() {
    while (this.#events.length > 0 && this.#idle.length > 0) {
      const { id, event } = this.#events.shift();
      const headers = {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + 10_000),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-west-3:123456789012:function:functions",
      };
      this.#idle.shift().writeHead(200, headers).end(JSON.stringify(event));
    }
  }
}

/** What API Gateway makes of a request. */
function event(method, path, { headers = {}, body, client = "192.0.2.1" } = {}) {
  const { pathname, searchParams, search } = new URL(path, "https://functions.example");
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { host: "functions.example", "x-forwarded-for": client, ...length, ...headers },
    ...(search ? { queryStringParameters: Object.fromEntries(searchParams) } : {}),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "functions.example",
      domainPrefix: "functions",
      http: { method, path: pathname, protocol: "HTTP/1.1", sourceIp: client, userAgent: "test" },
      requestId: "gateway",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jun/2026:00:00:00 +0000",
      timeEpoch: 1780272000000,
    },
    ...(body === undefined ? {} : { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: body !== undefined,
  };
}

/** An answer as API Gateway reads it. */
function answered({ statusCode, headers, cookies = [], body, isBase64Encoded }) {
  const all = cookies.length > 0 ? { ...headers, "set-cookie": cookies } : headers;
  return answer(statusCode, all, isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : (body ?? ""));
}
