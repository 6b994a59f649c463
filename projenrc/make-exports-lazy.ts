/** Makes the compiled list of exports load a file when something is taken from it: tsx projenrc/make-exports-lazy.ts <file> */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `var x_1 = require("./x")` becomes `var x_1`, and `return x_1.X` becomes `return (x_1 ??= require("./x")).X`.
 *
 * @throws if the code is not what the TypeScript compiler made of re-exports
 */
export function makeExportsLazy(code: string): string {
  const paths = new Map<string, string>();
  const declared = code.replace(/^var (\w+) = require\("([^"]+)"\);$/gm, (_, variable: string, path: string) => {
    paths.set(variable, path);
    return `var ${variable};`;
  });
  const lazy = declared.replace(/return (\w+)\.(\w+);/g, (statement, variable: string, name: string) => {
    const path = paths.get(variable);
    return path ? `return (${variable} ??= require("${path}")).${name};` : statement;
  });
  const exported = lazy.match(/^Object\.defineProperty\(exports, "(?!__esModule")/gm)?.length ?? 0;
  const deferred = lazy.match(/ \?\?= require\(/g)?.length ?? 0;
  const eager = lazy.match(/^.*(?<!\?\?= )require\(.*$/m);
  if (paths.size === 0 || exported !== deferred || eager) {
    throw new Error(`These are no re-exports that could be made lazy${eager ? `: ${eager[0]}` : ''}`);
  }
  return lazy;
}

if (require.main === module) {
  const [, , file] = process.argv;
  writeFileSync(file, makeExportsLazy(readFileSync(file, 'utf8')));
}
