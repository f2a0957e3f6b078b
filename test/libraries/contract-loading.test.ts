/** Libraries are loaded when they are asked for, and not before: a program that uses none pays for none, and needs none installed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { libraryDefinitions } from '../../src/strategies/index.ts';

const packages = [...new Set(libraryDefinitions.flatMap(({ packages = [] }) => packages))];

/** Writes the address of each module that is loaded, by `import` or by `require`. */
const WATCH = `
import { createRequire, register } from 'node:module';
import { writeSync } from 'node:fs';
const hooks = \`
import { writeSync } from 'node:fs';
export async function load(url, context, next) { writeSync(1, url + '\\\\n'); return next(url, context); }
\`;
register('data:text/javascript,' + encodeURIComponent(hooks));
process.on('exit', () => { for (const path of Object.keys(createRequire('/').cache)) writeSync(1, path + '\\n'); });
`;

const entry = JSON.stringify(new URL('../../dist/src/index.js', import.meta.url).href);
const specs = JSON.stringify(libraryDefinitions.map(({ name }) => name));

/** Parses every spec; then uses one library. */
const PROGRAM = `
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
const { parseStrategy, withStrategy } = await import(${entry});
for (const spec of ${specs}) parseStrategy(spec);
for (const path of Object.keys(createRequire('/').cache)) writeSync(1, path + '\\n');
writeSync(1, 'PARSED\\n');
await withStrategy('promise-retry', async () => new Response('ok'))('https://api.example.com/');
`;

test('parsing every spec loads no library; using one loads it and no other', async () => {
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--import', watch, '--input-type=module', '--eval', PROGRAM],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const [parsing = '', using = ''] = stdout.split('PARSED\n');
  expect(parsing).toContain('/dist/src/strategies/parse.js');
  expect(librariesIn(parsing)).toEqual([]);
  expect(librariesIn(using)).toEqual(['promise-retry']);
});

/** The packages, of those that are libraries here, that modules were loaded from. */
function librariesIn(modules: string): readonly string[] {
  const paths = modules.split('\n');
  return packages.filter((name) => paths.some((path) => path.includes(`/node_modules/${name}/`)));
}
