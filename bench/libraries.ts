/**
 * How many calls a second each library's adapter makes in a trial, as a share of what plain fetch makes in the same trial: 20 organizations, 50
 * calls each, all at once, nothing refused, virtual time. Each round runs all of them in turn; ratios are within a round, their median is shown.
 * `--page` writes reports/limiters/speed.md too, which is not the same bytes twice.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseStrategy } from '../src/strategies/index.ts';
import { median } from '../src/statistics/quantiles.ts';
import { runTrial } from '../src/trial/run-trial.ts';
import { limiterCases } from '../test/limiters/cases.ts';
import { openPlatform } from '../test/limiters/open-platform.ts';

const ROUNDS = 9;
const ORGANIZATIONS = 20;
const CALLS = 1000;

const scenario = openPlatform({
  name: 'speed',
  organizations: ORGANIZATIONS,
  drafts: Array.from({ length: CALLS }, (_, n) => ({ sender: n % ORGANIZATIONS, path: `/probe?n=${n}` })),
  client: (fetch) => fetch,
});

const specs = ['none', ...limiterCases().flatMap(({ kind, alone }) => (kind === 'ours' ? [] : [alone]))];
const rounds: Map<string, number>[] = [];
await round();
for (let n = 0; n < ROUNDS; n++) rounds.push(await round());

const rows = specs.map((spec) => {
  const perSecond = rounds.map((one) => one.get(spec)!);
  const shares = rounds.map((one) => (one.get(spec)! / one.get('none')!) * 100);
  const spread = `${Math.min(...shares).toFixed(1)} to ${Math.max(...shares).toFixed(1)}`;
  return { spec, perSecond: Math.round(median(perSecond)!), share: median(shares)!.toFixed(1), spread };
});
for (const { spec, perSecond, share, spread } of rows)
  console.log(
    `${spec.padEnd(56)} ${String(perSecond).padStart(6)}/s  ${share.padStart(5)} % of plain fetch (${spread})`,
  );
if (process.argv.includes('--page')) writeFileSync('reports/limiters/speed.md', page());

/** The committed page. */
function page(): string {
  const lines = rows.map(
    ({ spec, perSecond, share, spread }) =>
      `| \`${spec}\` | ${perSecond.toLocaleString('en')} | ${share} % | ${spread} % |`,
  );
  return `<!-- Written by \`npm run bench -- libraries --page\`; change bench/libraries.ts, not this. -->

# How many calls a second the libraries make

What a library costs, not what it lets through: ${CALLS} calls of ${ORGANIZATIONS} organizations in virtual time, where nothing waits and nothing is refused, so that only work counts: the library's own, its
adapter's, and the trial's. Pacers are told the same limits as in [the table](README.md), and their timers count. Median of ${ROUNDS} rounds; each round runs all of them in turn, and the shares are within
a round. ${cpus()[0]?.model.trim() ?? 'Unknown processor'}, Node ${process.versions.node}.

| strategy | calls a second | share of plain fetch | lowest to highest |
| --- | --: | --: | --: |
${lines.join('\n')}
`;
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
