/**
 * Makes the committed reports anew: the gallery (the whole suite, its report, and the digest instead of the large results file), then the table
 * of libraries, `reports/limiters`. `npm run reports -- --limiters` makes the table alone.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

if (!process.argv.includes('--limiters')) makeGallery('reports/seeds');
// Threads load it, so it is compiled beside what it measures.
execFileSync('node_modules/.bin/tsc', ['-p', 'test/limiters/tsconfig.json'], { stdio: 'inherit' });
execFileSync(process.execPath, ['dist/test/limiters/make.js'], { stdio: ['ignore', 'ignore', 'inherit'] });

function makeGallery(gallery) {
  rmSync(gallery, { recursive: true, force: true });
  const cli = ['dist/src/cli/main.js', 'run', '--out', gallery];
  execFileSync(process.execPath, cli, { stdio: ['ignore', 'ignore', 'inherit'] });
  const { digest } = JSON.parse(readFileSync(`${gallery}/results.json`, 'utf8'));
  writeFileSync(`${gallery}/digest.txt`, `${digest}\n`);
  rmSync(`${gallery}/results.json`);
}
