// The proofs of choices that a dev server keeps.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { PROGRAM } from "./site.js";

/** Runs `plainsite receipts` on the database of a site in development; resolves with what it printed. */
export async function receipts(site, args) {
  const env = { ...process.env, DATABASE_URL: `sqlite:${site.path(".plainsite/development.sqlite")}` };
  return (await promisify(execFile)(PROGRAM, ["receipts", ...args, "--root", site.root], { env })).stdout;
}

/** All that are kept, the newest first, as `export` writes them. */
export const records = async (site) => JSON.parse(await receipts(site, ["export"]));
