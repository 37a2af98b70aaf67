// Compiles a payload against the type declarations of a service's own client, without writing a file.

import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Where the payload seems to lie, so that packages are found. */
const FILE = fileURLToPath(new URL("payload.ts", import.meta.url));

const OPTIONS = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
};

/** What the compiler says against each value being of its type, one message each; types are those of a package. */
export function mismatches(from, values) {
  const types = [...new Set(values.map(({ type }) => type))];
  const lines = values.map(({ type, value }, n) => `export const value${n}: ${type} = ${JSON.stringify(value)};`);
  const text = `import type { ${types.join(", ")} } from "${from}";\n${lines.join("\n")}\n`;
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === FILE ? ts.createSourceFile(path, text, OPTIONS.target) : getSourceFile(path, ...rest);
  const program = ts.createProgram([FILE], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map((found) => ts.flattenDiagnosticMessageText(found.messageText, "\n"));
}
