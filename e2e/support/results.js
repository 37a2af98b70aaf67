// Which tests ran and how each ended, one a line, for programs: `cargo xtask ci` reads which promises are proven. A reporter of `node --test`.

/** A test that was skipped, or is yet to be written, has passed nothing. */
const end = (type, { skip, todo }) => (skip !== undefined || todo !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed");

export default async function* results(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { file, line, name } = data;
    yield `${JSON.stringify({ file, line, name, end: end(type, data) })}\n`;
  }
}
