/**
 * `npm run bench`: compiles the benchmarks with the sources they measure, exactly as the package is compiled, and runs them one after the other.
 * Names on the command line choose some: `npm run bench -- clock`. Flags are handed on: `npm run bench -- libraries --page` writes its committed page.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const out = '.ratelab/bench';
const chosen = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const flags = process.argv.slice(2).filter((name) => name.startsWith('--'));
const names = readdirSync('bench')
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => chosen.length === 0 || chosen.includes(name))
  .sort();

rmSync(out, { recursive: true, force: true });
execFileSync(join('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.json', '--outDir', out], { stdio: 'inherit' });
for (const name of names) {
  console.log(`\n== ${name}`);
  try {
    execFileSync(process.execPath, ['--expose-gc', join(out, 'bench', `${name}.js`), ...flags], { stdio: 'inherit' });
  } catch (error) {
    console.error(`bench ${name} ended with exit code ${error.status}`);
    process.exitCode = 1;
  }
}
