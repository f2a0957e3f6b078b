/**
 * How many calls a second each library's adapter makes in a trial, as a share of what plain fetch makes in the same trial: 20 organizations, 50
 * calls each, all at once, nothing refused, virtual time. Each round runs all of them in turn; ratios are within a round, their median is shown.
 */
import { performance } from 'node:perf_hooks';
import { parseStrategy } from '../src/strategies/index.ts';
import { median } from '../src/statistics/quantiles.ts';
import { runTrial } from '../src/trial/run-trial.ts';
import { limiterCases } from '../test/limiters/cases.ts';
import { openPlatform } from '../test/limiters/open-platform.ts';

const ROUNDS = 3;
const ORGANIZATIONS = 20;
const CALLS = 1000;

const scenario = openPlatform({
  name: 'speed',
  organizations: ORGANIZATIONS,
  drafts: Array.from({ length: CALLS }, (_, n) => ({ sender: n % ORGANIZATIONS, path: `/probe?n=${n}` })),
  client: (fetch) => fetch,
});

const specs = ['none', ...limiterCases().flatMap(({ kind, alone }) => (kind === 'ours' ? [] : [alone]))];
const rounds = [];
await round();
for (let n = 0; n < ROUNDS; n++) rounds.push(await round());

const plainPerSecond = median(rounds.map((one) => one.get('none')!))!;
console.log(`plain fetch: ${Math.round(plainPerSecond)} calls a second`);
for (const spec of specs.slice(1)) {
  const share = median(rounds.map((one) => one.get(spec)! / one.get('none')!))!;
  console.log(`${spec.padEnd(50)} ${(share * 100).toFixed(1).padStart(6)} % of plain fetch`);
}

/** Calls a second by spec. */
async function round(): Promise<Map<string, number>> {
  const speeds = new Map<string, number>();
  for (const spec of specs) {
    const strategy = parseStrategy(spec);
    await strategy.foreign?.load();
    const startedMs = performance.now();
    await runTrial({ scenario, strategy, seed: 1 });
    speeds.set(spec, (CALLS / (performance.now() - startedMs)) * 1000);
  }
  return speeds;
}
