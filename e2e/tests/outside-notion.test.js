// What the functions send to Notion, held against the types of Notion's own client.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { mismatches } from "../outside/types.js";
import { WORKSPACE } from "../support/site.js";

const CLIENT = "@notionhq/client";

/** A payload that the functions' own tests have recorded. */
const recorded = async (name) => JSON.parse(await readFile(join(WORKSPACE, "functions/tests/payloads", name), "utf8"));

/** The type of a call's parameters, and these: the client takes what stands in the path with the rest. */
function parameters({ method, path, body }) {
  const [, , kind, id] = path.split("/");
  if (kind === "data_sources") return { type: "QueryDataSourceParameters", value: { data_source_id: id, ...body } };
  if (method === "PATCH") return { type: "UpdatePageParameters", value: { page_id: id, ...body } };
  return { type: "CreatePageParameters", value: body };
}

test("what is sent to Notion", async (t) => {
  const page = await recorded("notion-page.json");
  const calls = [...(await recorded("notion-store.json")), ...(await recorded("notion-projects.json"))];

  await t.test("has the types of Notion's client", () => {
    const values = calls.map(parameters);
    assert.deepEqual([...new Set(values.map(({ type }) => type))].length, 3, "every kind of call is among the recorded ones");
    assert.deepEqual(mismatches(CLIENT, [{ type: "CreatePageParameters", value: page }, ...values]), []);
  });

  await t.test("is told when it has not", () => {
    const wrong = structuredClone(page);
    wrong.properties["E-mail"] = { email: ["canary-email@visitor.example"] };
    assert.notDeepEqual(mismatches(CLIENT, [{ type: "CreatePageParameters", value: wrong }]), []);
  });
});
