/**
 * A development runner: discovers gateways of one row of the benchmark and prints what became of each limit, by cause of failure. Not a test.
 *
 *     npx jiti test/discovery/explore/run.ts quiet-1 1 40
 */
import { type Atom, familyOf } from '../../../bench/discovery/canonical.ts';
import { foundAtomsOf } from '../../../bench/discovery/found-atoms.ts';
import { generateGateway, openBox } from '../../../bench/discovery/generate.ts';
import { trueAtoms } from '../../../bench/discovery/observable.ts';
import { oracle } from './oracle.ts';
import { discover, type Findings } from '../../../src/discovery/discover.ts';

const [row = 'quiet-1', from = '1', many = '20', ...flags] = process.argv.slice(2);
const verbose = flags.includes('verbose');
const totals = { right: 0, ambiguous: 0, wrong: 0, missed: 0, hidden: 0, exact: 0 };
const probes: number[] = [];
const cpus: number[] = [];
let perfect = 0;

for (let seed = Number(from); seed < Number(from) + Number(many); seed++) {
  const gateway = generateGateway(row, seed);
  const { box, target } = openBox(gateway);
  const startedMs = performance.now();
  const outcome = await box.run(() =>
    discover(target, {
      ...(flags.includes('oracle') ? { identify: oracle(gateway, box) } : {}),
      budget: { requests: 1_000_000, rejections: 500_000, timeMs: 60 * 86_400_000 },
      defy: true,
    }),
  );
  const cpuMs = performance.now() - startedMs;
  if (outcome.kind !== 'done') {
    console.log(`${seed}: ${JSON.stringify(outcome)}`, outcome);
    continue;
  }
  const findings: Findings = outcome.value;
  const truth = trueAtoms(gateway).filter(({ shownBy }, at, all) => {
    if (shownBy === null) totals.hidden += 1;
    return shownBy !== null && all.length > at;
  });
  const found = findings.limits.flatMap((limit) =>
    foundAtomsOf(limit, gateway.limits).map((atom) => ({ atom, status: limit.status, reason: limit.reason })),
  );
  const lines: string[] = [];
  const taken = new Set<number>();
  for (const one of truth) {
    const at = found.findIndex(({ atom }, index) => !taken.has(index) && alike(atom, one));
    if (at === -1) {
      totals.missed += 1;
      lines.push(`  missed ${text(one)} (${one.shownBy?.requests} requests, ${one.shownBy?.ms} ms)`);
      continue;
    }
    taken.add(at);
    const { atom, status } = found[at] as (typeof found)[number];
    totals[status === 'found' ? 'right' : 'ambiguous'] += 1;
    if (equal(atom.algorithm, one.algorithm)) totals.exact += 1;
    else if (status === 'found') lines.push(`  inexact ${text(atom)} for ${text(one)}`);
    if (status === 'ambiguous') lines.push(`  ambiguous ${text(atom)} for ${text(one)}: ${found[at]?.reason}`);
  }
  for (const [at, { atom, status, reason }] of found.entries()) {
    if (taken.has(at)) continue;
    totals[status === 'found' ? 'wrong' : 'ambiguous'] += 1;
    lines.push(`  ${status === 'found' ? 'WRONG' : 'ambiguous'} ${text(atom)}: ${reason}`);
  }
  const failed = lines.some((line) => !line.startsWith('  inexact'));
  if (!failed) perfect += 1;
  const own = findings.spent.requests - findings.spent.exclusionRequests;
  const capacity = gateway.limits.reduce((sum, { algorithm: a, costs }) => {
    return sum + Math.floor(('limit' in a ? a.limit : a.capacity) / Math.min(...costs.values()));
  }, 0);
  probes.push(own / (3 * capacity + 500 * gateway.limits.length));
  cpus.push(cpuMs);
  if (failed || verbose || lines.length > 0) {
    console.log(
      `${seed}: ${own} own + ${findings.spent.exclusionRequests} exclusion probes, ${findings.spent.rejections} rejected, ${(findings.ranMs / 3_600_000).toFixed(1)} h, ${Math.round(cpuMs)} ms cpu`,
    );
    if (verbose)
      for (const limit of gateway.limits) console.log('  true', JSON.stringify({ ...limit, costs: [...limit.costs] }));
    console.log(lines.join('\n'));
    for (const { what, why } of findings.unknown) console.log(`  unknown ${what}: ${why}`);
  }
}
const quantile = (values: number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(2);
};
console.log(`${row}: gateways without a fault ${perfect} of ${many};`, totals);
console.log(
  `own probes over 3C+500: median ${quantile(probes, 0.5)}, p95 ${quantile(probes, 0.95)}; cpu ms median ${quantile(cpus, 0.5)}, most ${quantile(cpus, 1)}`,
);

function alike(one: Atom, other: Atom): boolean {
  return (
    one.sharing === other.sharing &&
    one.routes.join() === other.routes.join() &&
    one.costs.join() === other.costs.join() &&
    familyOf(one.algorithm) === familyOf(other.algorithm)
  );
}

function text({ sharing, routes, costs, algorithm, counts }: Atom): string {
  return `${sharing} routes ${routes.join()} costs ${costs.join()} ${JSON.stringify(algorithm)} ${counts}`;
}

function equal(one: Atom['algorithm'], other: Atom['algorithm']): boolean {
  const numbers = (algorithm: Atom['algorithm']) =>
    JSON.stringify(Object.entries({ ...algorithm, refillPerSecond: 0 }).sort(([a], [b]) => a.localeCompare(b)));
  const rate = (algorithm: Atom['algorithm']) => ('refillPerSecond' in algorithm ? algorithm.refillPerSecond : 1);
  return numbers(one) === numbers(other) && Math.abs(rate(one) / rate(other) - 1) < 0.01;
}
