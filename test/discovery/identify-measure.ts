/** Measures `identify` on random gateways: `npx jiti test/discovery/identify-measure.ts <first seed> <how many>`. Prints what was not exact, and sums. */
import { truthOf, tryOne } from './identify-runner.ts';

const [first = 0, count = 30] = process.argv.slice(2).map(Number);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const sums = { gateways: 0, found: 0, exact: 0, wrong: 0, overFiveC: 0, cpuMsMax: 0 };
const ratios: number[] = [];
for (let seed = first; seed < first + count; seed++) {
  const truth = truthOf(seed);
  const { identified, exact, probes, fits, cpuMs: ms } = await tryOne(truth, cpuMs);
  const isFound = identified.kind === 'found';
  sums.gateways += 1;
  sums.found += isFound ? 1 : 0;
  sums.exact += exact ? 1 : 0;
  sums.wrong += isFound && !exact ? 1 : 0;
  sums.overFiveC += probes > 5 * fits + 500 ? 1 : 0;
  sums.cpuMsMax = Math.max(sums.cpuMsMax, Math.round(ms));
  ratios.push(probes / (3 * fits + 500));
  if (exact) continue;
  const { algorithm, counts, cost } = truth;
  console.log(seed, JSON.stringify({ algorithm, counts, cost }), JSON.stringify(identified).slice(0, 400));
}
ratios.sort((a, b) => a - b);
console.log({ ...sums, probesOverThreeCMedian: ratios[Math.floor(ratios.length / 2)] });
