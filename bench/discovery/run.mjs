/** `npm run bench:discovery`: compiles the benchmark with the sources it measures, exactly as the package is compiled, and runs it; what follows `--` is handed on. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const out = '.ratelab/bench-discovery';
try {
  execFileSync(join('node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.json', '--outDir', out], { stdio: 'inherit' });
} catch {
  console.error('There are type errors; the benchmark runs all the same.');
}
execFileSync(process.execPath, [join(out, 'bench', 'discovery', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
