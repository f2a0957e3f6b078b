/**
 * Lets `identifyCarefully` loose on random gateways of one limit each, which punish whoever defies their Retry-After, in virtual time. Off any grid. Also a
 * development tool: `npx jiti test/discovery/careful-runner.ts <first seed> <how many> [exact|misleading]`.
 */
import { type Algorithm, parsePolicy } from '../../mock-server/policy.ts';
import { identifyCarefully } from '../../src/discovery/careful/identify-carefully.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { Prober } from '../../src/discovery/prober.ts';
import type { Identified } from '../../src/discovery/stream.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createPolicyBlackBox } from '../../src/trial/black-box.ts';

/** One gateway that punishes. */
export interface CarefulTruth {
  readonly seed: number;
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all';
  readonly retryAfter: unknown;
  readonly afterStrikes: number;
  readonly startsAtMs: number;
}

/** What became of it. */
export interface CarefulTrial {
  readonly truth: CarefulTruth;
  readonly identified: Identified;
  readonly right: boolean;
  readonly exact: boolean;
  readonly probes: number;
  readonly capacity: number;
  /** Decisions of the gateway by a stage of its penalties. */
  readonly punished: number;
  readonly cpuMs: number;
  readonly overMs: number;
}

/** A gateway by its seed; `misleading`: its Retry-After is fixed or uniform. Capacities 5 to 500, windows 1 s to 1 h, not faster than a probe at a time can fill. */
export function carefulTruthOf(seed: number, misleading: boolean): CarefulTruth {
  const random = createRandomSource(seed);
  const uniform = (name: string) => random.at(name, 'careful', 0);
  const whole = (name: string, from: number, to: number) => Math.round(from * (to / from) ** uniform(name));
  const limit = whole('capacity', 5, 500);
  // One probe at a time fills about 15 a second: what takes longer than a window to fill is never seen.
  const windowMs = whole('window', Math.max(1000, limit * 90), 3_600_000);
  const rate = (limit / windowMs) * 1000 * (0.7 + 0.6 * uniform('rate'));
  const algorithms: Algorithm[] = [
    { kind: 'fixed-window', limit, windowMs, anchor: 'epoch' },
    { kind: 'fixed-window', limit, windowMs, anchor: 'first-request' },
    { kind: 'sliding-window-log', limit, windowMs },
    { kind: 'sliding-window-counter', limit, windowMs },
    { kind: 'token-bucket', capacity: limit, refillPerSecond: rate, stepMs: 0 },
    {
      kind: 'token-bucket',
      capacity: limit,
      refillPerSecond: rate,
      stepMs: Math.max(20, Math.round(windowMs * 0.6 * uniform('step') ** 2)),
    },
  ];
  const toldMs = whole('told', 1000, 120_000);
  const hints = [
    { kind: 'fixed', afterMs: toldMs },
    { kind: 'uniform', fromMs: toldMs / 4, toMs: toldMs },
  ];
  return {
    seed,
    algorithm: algorithms[Math.floor(uniform('family') * algorithms.length)] as Algorithm,
    counts: uniform('counts') < 0.25 ? 'all' : 'admitted',
    retryAfter: misleading ? hints[Math.floor(uniform('hint') * 2)] : { kind: 'exact' },
    afterStrikes: 2 + Math.floor(uniform('strikes') * 9),
    startsAtMs: 1_770_000_000_000 + Math.floor(uniform('start') * 10_000_000_000),
  };
}

/** Identifies one gateway. `now` is a clock for CPU time, ms. */
export async function tryCarefully(truth: CarefulTruth, now: () => number): Promise<CarefulTrial> {
  const { algorithm, counts, retryAfter, afterStrikes, startsAtMs, seed } = truth;
  const policy = parsePolicy({
    name: 'one',
    limits: [{ name: 'one', scope: ['org'], algorithm, counts, retryAfter }],
    penalties: [
      {
        name: 'defiance',
        scope: ['org'],
        graceMs: 0,
        memoryMs: 600_000,
        stages: [{ name: 'block', afterStrikes, effect: 'tenant-block', durationMs: 300_000 }],
      },
    ],
  });
  const caller = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };
  const box = createPolicyBlackBox({ policy, callers: [caller], seed, startsAtMs, deadlineMs: startsAtMs + 1e11 });
  const startMs = now();
  const outcome = await box.run(async () => {
    const prober = new Prober(
      {
        fetch: box.fetch,
        clock: box.clock,
        baseUrl: box.baseUrl,
        identities: [{ name: 'a', labels: { org: 'o' }, headers: { authorization: 'Bearer t' } }],
        routes: [{ name: 'r', method: 'GET', path: '/x', headers: {}, body: '' }],
      },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e12 }, inFlight: 8, defy: false },
    );
    const identified = await identifyCarefully({
      prober,
      points: [{ identity: 0, route: 0 }],
      known: new KnownLimits([], [], prober.events),
    });
    return { identified, probes: prober.events.length, overMs: prober.nowMs - startsAtMs };
  });
  if (!('value' in outcome)) throw new Error(`Cannot finish seed ${seed}: ${JSON.stringify(outcome)}`);
  const { identified, probes, overMs } = outcome.value;
  const punished = box.rejectionsByCause.slice(policy.limits.length).reduce((sum, count) => sum + count, 0);
  const capacity = algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  return { truth, identified, ...judge(truth, identified), probes, capacity, punished, cpuMs: now() - startMs, overMs };
}

function judge({ algorithm, counts }: CarefulTruth, identified: Identified): { right: boolean; exact: boolean } {
  const wrong = { right: false, exact: false };
  if (identified.kind !== 'found') return wrong;
  const { shape, capacity, counts: found } = identified.hypothesis;
  const isCounted = !identified.countsKnown || found === counts;
  if (algorithm.kind === 'token-bucket') {
    if ((algorithm.refillPerSecond * algorithm.stepMs) / 1000 >= algorithm.capacity) {
      const right = shape.kind === 'fixed-window' && shape.anchor === 'first-request';
      return { right, exact: right && capacity === algorithm.capacity && shape.windowMs === algorithm.stepMs };
    }
    if (shape.kind !== 'token-bucket' || !isCounted || (shape.stepMs === 0) !== (algorithm.stepMs === 0)) return wrong;
    const rateShare = shape.refillPerSecond / algorithm.refillPerSecond;
    const exact =
      capacity === algorithm.capacity && shape.stepMs === algorithm.stepMs && Math.abs(rateShare - 1) < 0.01;
    return { right: true, exact };
  }
  if (shape.kind !== algorithm.kind || algorithm.kind === 'concurrency' || shape.kind === 'concurrency') return wrong;
  if (shape.kind === 'fixed-window' && algorithm.kind === 'fixed-window' && shape.anchor !== algorithm.anchor)
    return wrong;
  if (!isCounted) return wrong;
  return { right: true, exact: capacity === algorithm.limit && shape.windowMs === algorithm.windowMs };
}

async function main(): Promise<void> {
  const [from = '1', many = '20', hint = 'exact'] = process.argv.slice(2);
  const trials: CarefulTrial[] = [];
  for (let seed = Number(from); seed < Number(from) + Number(many); seed++) {
    const trial = await tryCarefully(carefulTruthOf(seed, hint === 'misleading'), () => performance.now());
    trials.push(trial);
    const { truth, identified, right, exact, probes, capacity, punished, cpuMs, overMs } = trial;
    const verdict = identified.kind !== 'found' ? identified.kind : exact ? 'exact' : right ? 'right' : 'WRONG';
    if (verdict !== 'exact' || punished > 0) {
      console.log(
        seed,
        verdict,
        JSON.stringify(truth.algorithm),
        truth.counts,
        JSON.stringify(identified).slice(0, 420),
      );
    }
    console.log(
      `${seed} ${verdict} probes ${probes} (${((probes - 500) / capacity).toFixed(1)} C + 500) punished ${punished} cpu ${Math.round(cpuMs)} ms over ${Math.round(overMs / 1000)} s`,
    );
  }
  const share = (test: (trial: CarefulTrial) => boolean) => `${trials.filter(test).length} of ${trials.length}`;
  const perC = trials.map(({ probes, capacity }) => (probes - 500) / capacity).toSorted((a, b) => a - b);
  console.log(
    `right ${share(({ right }) => right)}, exact ${share(({ exact }) => exact)}, confident wrong ${share(({ identified, right }) => identified.kind === 'found' && !right)}, ` +
      `punished ${share(({ punished }) => punished > 0)}, (probes-500)/C median ${perC[perC.length >> 1]?.toFixed(1)} p95 ${perC[Math.floor(perC.length * 0.95)]?.toFixed(1)}`,
  );
}

if (process.argv[1]?.endsWith('careful-runner.ts') === true) await main();
