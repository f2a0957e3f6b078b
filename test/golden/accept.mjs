/** Makes the committed gallery anew: the whole suite, its report, and the digest instead of the large results file. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const gallery = 'reports/seeds';
rmSync(gallery, { recursive: true, force: true });
execFileSync(process.execPath, ['dist/src/cli/main.js', 'run', '--out', gallery], { stdio: ['ignore', 'ignore', 'inherit'] });
const { digest } = JSON.parse(readFileSync(`${gallery}/results.json`, 'utf8'));
writeFileSync(`${gallery}/digest.txt`, `${digest}\n`);
rmSync(`${gallery}/results.json`);
