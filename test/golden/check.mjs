/**
 * The golden check: runs the whole suite again and compares it with the committed gallery, `reports/seeds`. The digest must be equal (every
 * attempt of every trial came out as before) and report.md must be equal to the byte. `npm run reports` accepts a change.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const gallery = 'reports/seeds';
const fresh = mkdtempSync(join(tmpdir(), 'ratelab-golden-'));
try {
  const cli = ['dist/src/cli/main.js', 'run', '--out', fresh, '--quiet', '--progress', 'none'];
  execFileSync(process.execPath, cli, { stdio: ['ignore', 'ignore', 'inherit'] });
  const { digest } = JSON.parse(readFileSync(join(fresh, 'results.json'), 'utf8'));
  compare('digest', readFileSync(join(gallery, 'digest.txt'), 'utf8').trim(), digest);
  compare('report.md', readFileSync(join(gallery, 'report.md'), 'utf8'), readFileSync(join(fresh, 'report.md'), 'utf8'));
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function compare(name, committed, made) {
  if (committed === made) return;
  const [before, after] = [committed.split('\n'), made.split('\n')];
  const line = before.findIndex((text, at) => text !== after[at]);
  console.error(`${gallery} is stale: ${name} differs from line ${line + 1}`);
  console.error(`- ${before[line] ?? ''}\n+ ${after[line] ?? ''}`);
  console.error('If the change is meant: npm run reports, look at the diff, commit it.');
  process.exitCode = 1;
}
