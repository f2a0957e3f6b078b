/** Random single-limit gateways off any grid, and what counts as right. For the development runner and its sample in CI. */
import { parsePolicy } from '../../mock-server/policy.ts';
import type { Algorithm } from '../../mock-server/policy.ts';
import type { Hypothesis } from '../../src/discovery/hypothesis.ts';
import { KnownLimits } from '../../src/discovery/known-limits.ts';
import { Prober } from '../../src/discovery/prober.ts';
import type { ProbeEvent } from '../../src/discovery/record.ts';
import { measureNoise } from '../../src/discovery/noise/measure-noise.ts';
import { identifyNoisily } from '../../src/discovery/noisy/identify-noisily.ts';
import type { Identified } from '../../src/discovery/stream.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createPolicyBlackBox, type Disturbance } from '../../src/trial/black-box.ts';

/** A gateway to be identified. */
export interface NoisyGateway {
  readonly seed: number;
  readonly algorithm: Algorithm;
  readonly counts: 'admitted' | 'all';
  readonly disturbance: Disturbance;
  readonly backgroundShare: number;
  readonly lagMs: number;
}

/** What became of it. */
export interface NoisyOutcome {
  readonly gateway: NoisyGateway;
  readonly identified: Identified;
  readonly probes: number;
  readonly events: readonly ProbeEvent[];
  readonly cpuMs: number;
  readonly virtualMs: number;
}

export const NOISE_KINDS = ['quiet', 'errors', 'jitter', 'background10', 'background20', 'mixed', 'lag'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9, 17, 23);
const CALLER = { org: 'o', client: 'c', token: 't', user: 'u', app: 'a', ip: 'i', tier: 'standard', permitted: true };

/** The gateway of a seed. */
export function noisyGateway(kind: NoiseKind, seed: number): NoisyGateway {
  const random = createRandomSource(seed);
  const dice = (what: string) => random.at('gateway', what, 0);
  const between = (what: string, low: number, high: number) =>
    Math.round(Math.exp(Math.log(low) + dice(what) * Math.log(high / low)));
  const limit = between('capacity', 5, 5000);
  const windowMs = between('window', 1000, 3_600_000);
  const family = Math.floor(dice('family') * 7);
  const algorithm: Algorithm =
    family === 0
      ? { kind: 'fixed-window', limit, windowMs, anchor: 'epoch' }
      : family === 1
        ? { kind: 'fixed-window', limit, windowMs, anchor: 'first-request' }
        : family === 2
          ? { kind: 'sliding-window-log', limit, windowMs }
          : family === 3
            ? { kind: 'sliding-window-counter', limit, windowMs }
            : family === 4
              ? { kind: 'token-bucket', capacity: limit, refillPerSecond: rate(limit, windowMs), stepMs: 0 }
              : family === 5
                ? {
                    kind: 'token-bucket',
                    capacity: limit,
                    refillPerSecond: rate(limit, windowMs),
                    stepMs: Math.max(50, Math.round(windowMs / (1 + Math.floor(dice('steps') * 20)))),
                  }
                : { kind: 'concurrency', limit: Math.min(limit, 500) };
  const counts = family < 6 && dice('counts') < 0.25 ? 'all' : 'admitted';
  const errors = kind === 'errors' ? 0.2 : kind === 'mixed' ? 0.1 : 0;
  return {
    seed,
    algorithm,
    counts,
    disturbance: {
      errorShare: errors,
      errorsCharge: dice('errors-charge') < 0.5,
      lostShare: 0.3,
      jitterMs: kind === 'jitter' ? 50 : kind === 'mixed' ? 20 : 0,
    },
    backgroundShare: kind === 'background10' ? 0.1 : kind === 'background20' ? 0.2 : kind === 'mixed' ? 0.05 : 0,
    lagMs: kind === 'lag' ? between('lag', 20, 1000) : 0,
  };
}

function rate(capacity: number, windowMs: number): number {
  return Number(((capacity / windowMs) * 1000).toPrecision(6));
}

/** A gateway as a black box, and who and what may be sent to it. */
export function openGateway(gateway: NoisyGateway) {
  const { algorithm, counts, disturbance, backgroundShare, lagMs, seed } = gateway;
  const sustained =
    algorithm.kind === 'token-bucket'
      ? algorithm.refillPerSecond
      : algorithm.kind === 'concurrency'
        ? algorithm.limit / 0.062
        : (algorithm.limit / algorithm.windowMs) * 1000;
  const policy = parsePolicy({
    name: 'noisy',
    limits: [{ name: 'one', scope: ['org'], algorithm, counts }],
    background:
      backgroundShare === 0
        ? []
        : [{ name: 'others', identity: { org: 'o' }, path: '/x', ratePerSecond: backgroundShare * sustained }],
    enforcementLagMs: lagMs,
  });
  const box = createPolicyBlackBox({
    policy,
    callers: [CALLER],
    seed,
    startsAtMs: STARTS_AT_MS + createRandomSource(seed).at('start', '', 0) * 3_600_000,
    deadlineMs: STARTS_AT_MS + 1e11,
    disturbance,
  });
  const identity = { name: 'a', labels: { org: 'o' }, headers: { authorization: 'Bearer t' } };
  const route = { name: 'r', method: 'GET', path: '/x', headers: {}, body: '' };
  return { box, identity, route };
}

/** Lets the inference loose on a gateway. */
export async function identifyGateway(gateway: NoisyGateway): Promise<NoisyOutcome> {
  const { box, identity, route } = openGateway(gateway);
  const { fetch, clock, baseUrl } = box;
  const used = process.cpuUsage();
  const played = await box.run(async () => {
    const prober = new Prober(
      { fetch, clock, baseUrl, identities: [identity], routes: [route] },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e11 }, inFlight: 1e5, defy: true },
    );
    const points = [{ identity: 0, route: 0 }];
    const fromMs = prober.nowMs;
    const noise = await measureNoise(prober, points);
    const known = new KnownLimits([], [identity], prober.events);
    const identified = await identifyNoisily({ prober, points, known }, noise);
    return { identified, events: prober.events, probes: prober.events.length, virtualMs: prober.nowMs - fromMs };
  });
  if (played.kind !== 'done') throw new Error(`seed ${gateway.seed}: ${JSON.stringify(played)}`);
  return { gateway, ...played.value, cpuMs: process.cpuUsage(used).user / 1000 };
}

/** How an outcome compares with the truth. */
export interface Grade {
  readonly kind: 'right' | 'wrong' | 'ambiguous' | 'other';
  readonly why: string;
  /** Per number, whether its interval covers the truth. */
  readonly covered: Readonly<Record<string, boolean>>;
}

/** A gateway's family in the words of {@link Hypothesis}. */
function familyOf(algorithm: Algorithm | Hypothesis['shape']): string {
  if (algorithm.kind === 'fixed-window') return `${algorithm.kind} ${algorithm.anchor}`;
  if (algorithm.kind === 'token-bucket') return algorithm.stepMs > 0 ? 'token-bucket stepwise' : 'token-bucket';
  return algorithm.kind;
}

/** Names under which a gateway may rightly be reported (discovery-method.md section 6). */
function rightNames({ algorithm }: NoisyGateway): string[] {
  const names = [familyOf(algorithm)];
  if (algorithm.kind === 'token-bucket' && algorithm.stepMs > 0) {
    const perStep = (algorithm.refillPerSecond * algorithm.stepMs) / 1000;
    if (perStep >= algorithm.capacity * 0.99999) names.push('fixed-window first-request');
    // Steps that bring a token or less only round the times at which tokens come.
    if (perStep <= 1.000001) names.push('token-bucket');
  }
  return names;
}

/** Grades an outcome. */
export function gradeOf({ gateway, identified }: NoisyOutcome): Grade {
  const { algorithm, counts } = gateway;
  if (identified.kind === 'ambiguous') {
    return {
      kind: 'ambiguous',
      why: identified.candidates.map(({ shape }) => familyOf(shape)).join(' | '),
      covered: {},
    };
  }
  if (identified.kind !== 'found') return { kind: 'other', why: identified.kind, covered: {} };
  const { hypothesis, countsKnown, capacity, windowMs, refillPerSecond } = identified;
  const truth = algorithm.kind === 'token-bucket' ? algorithm.capacity : algorithm.limit;
  const within = (range: { low: number; high: number } | null, value: number) =>
    range !== null && range.low <= value * (1 + 1e-9) && range.high >= value * (1 - 1e-9);
  const covered: Record<string, boolean> = { capacity: within(capacity, truth) };
  if ('windowMs' in algorithm && windowMs !== null) covered['window'] = within(windowMs, algorithm.windowMs);
  if (algorithm.kind === 'token-bucket' && refillPerSecond !== null) {
    covered['rate'] = within(refillPerSecond, algorithm.refillPerSecond);
  }
  const named = familyOf(hypothesis.shape);
  if (!rightNames(gateway).includes(named))
    return { kind: 'wrong', why: `${familyOf(algorithm)} as ${named}`, covered: {} };
  if (countsKnown && hypothesis.counts !== counts && algorithm.kind !== 'concurrency') {
    return { kind: 'wrong', why: `${familyOf(algorithm)} counts ${counts} as ${hypothesis.counts}`, covered };
  }
  return { kind: 'right', why: '', covered };
}

/** Runs something against a gateway. */
export async function on<T>(
  gateway: NoisyGateway,
  main: (prober: Prober, known: KnownLimits) => Promise<T>,
): Promise<T> {
  const { box, identity, route } = openGateway(gateway);
  const { fetch, clock, baseUrl } = box;
  const played = await box.run(() => {
    const prober = new Prober(
      { fetch, clock, baseUrl, identities: [identity], routes: [route] },
      { budget: { requests: 1e6, rejections: 1e6, timeMs: 1e11 }, inFlight: 1e5, defy: true },
    );
    return main(prober, new KnownLimits([], [identity], prober.events));
  });
  if (played.kind !== 'done') throw new Error(JSON.stringify(played));
  return played.value;
}
