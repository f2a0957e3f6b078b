/**
 * Development runner: `npx jiti test/discovery/noisy-runner.ts <kind|all> <gateways> <first seed>`. Prints, per kind of noise, structure accuracy,
 * coverage, confusion, probes, and each failure with its seed. Seeds below 1,000,000 are for development.
 */
import { gradeOf, identifyGateway, NOISE_KINDS, noisyGateway, type NoiseKind } from './noisy-gateways.ts';

const [which = 'all', count = '20', first = '1', verbose = ''] = process.argv.slice(2);
for (const kind of NOISE_KINDS.filter((one) => which === 'all' || which.split(',').includes(one))) await runKind(kind);

async function runKind(kind: NoiseKind): Promise<void> {
  const tally = { right: 0, wrong: 0, ambiguous: 0, other: 0 };
  const covered: Record<string, [number, number]> = {};
  const probes: number[] = [];
  let cpuMs = 0;
  let cpuMsMax = 0;
  for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
    const gateway = noisyGateway(kind, seed);
    const outcome = await identifyGateway(gateway);
    const grade = gradeOf(outcome);
    tally[grade.kind] += 1;
    const capacity = 'limit' in gateway.algorithm ? gateway.algorithm.limit : gateway.algorithm.capacity;
    probes.push((outcome.probes - 500) / capacity);
    cpuMs += outcome.cpuMs;
    cpuMsMax = Math.max(cpuMsMax, outcome.cpuMs);
    for (const [name, yes] of Object.entries(grade.kind === 'right' ? grade.covered : {})) {
      const pair = (covered[name] ??= [0, 0]);
      pair[0] += yes ? 1 : 0;
      pair[1] += 1;
    }
    const missed = Object.entries(grade.covered).filter(([, yes]) => !yes);
    if (grade.kind !== 'right' || missed.length > 0 || verbose !== '') {
      const found = outcome.identified;
      const { algorithm, counts, disturbance, lagMs } = gateway;
      console.log(
        `  seed ${seed} ${grade.kind} ${grade.why} ${missed.map(([name]) => `missed ${name}`).join(' ')} probes ${outcome.probes} cpu ${Math.round(outcome.cpuMs)}`,
        `\n    true ${JSON.stringify(algorithm)} ${counts}${disturbance.errorShare > 0 ? ` charge ${disturbance.errorsCharge}` : ''}${lagMs > 0 ? ` lag ${lagMs}` : ''}`,
        `\n    ${found.kind === 'found' ? JSON.stringify([found.hypothesis, found.countsKnown, found.capacity, found.windowMs, found.refillPerSecond]) : JSON.stringify(found)}`,
      );
    }
  }
  probes.sort((a, b) => a - b);
  const at = (share: number) =>
    (probes[Math.min(probes.length - 1, Math.floor(probes.length * share))] ?? 0).toFixed(1);
  console.log(
    `${kind}: ${JSON.stringify(tally)} covered ${JSON.stringify(covered)} (probes-500)/C median ${at(0.5)} p95 ${at(0.95)} cpu mean ${Math.round(cpuMs / Number(count))} max ${Math.round(cpuMsMax)} ms`,
  );
}
