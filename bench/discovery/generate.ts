/**
 * Seeded random gateways for the benchmark of discovery. A gateway is a pure function of its row and its seed. All its parameters are off any grid:
 * windows, steps and capacities arbitrary whole numbers, token rates arbitrary. Development seeds are below a million.
 */
import { type Policy, parsePolicy } from '../../mock-server/policy.ts';
import type { BlackBox } from '../../src/discovery/black-box.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Random } from '../../src/random/random.ts';
import { createPolicyBlackBox, type Disturbance, type PolicyBlackBox } from '../../src/trial/black-box.ts';
import { drawBackground } from './draw-background.ts';
import { drawLimits } from './draw-hierarchy.ts';
import type { DrawnLimit } from './draw-limit.ts';
import { logBetween, logWhole, weighted } from './draws.ts';
import { type Row, rowOf, type Span } from './rows.ts';
import { CALLERS, IDENTITIES, ROUTES } from './universe.ts';

/** A gateway to be discovered, and what is true of it. */
export interface BenchGateway {
  readonly row: Row;
  readonly seed: number;
  readonly policy: Policy;
  readonly disturbance: Disturbance;
  /** The limits in the order of the policy, as they were drawn. */
  readonly limits: readonly DrawnLimit[];
  /** Others' use of each bucket of the tightest limit, as a share of its sustained rate. */
  readonly backgroundShare: number;
  readonly startsAtMs: number;
}

/** Any time in 2026. */
const STARTS_AT_MS: Span = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
/** Gateway time that a discovery may take at most. */
const LONGEST_MS = 60 * 86_400_000;

/**
 * Draws a gateway.
 *
 * @param row name of a row, see `rows.ts`
 * @throws RangeError for a row or a seed that is none
 */
export function generateGateway(row: string, seed: number): BenchGateway {
  const chosen = rowOf(row);
  const random = createRandomSource(seed).stream('bench-discovery', row);
  const serviceMs = logBetween(random, 20, 200);
  const limits = drawLimits(random, random.integer(...chosen.limits), serviceMs);
  const backgroundShare = random.between(...chosen.backgroundShare);
  const lagMs = random.next() < chosen.lagOdds ? logWhole(random, ...chosen.lagMs) : 0;
  const policy = parsePolicy({
    name: `${row}-${seed}`,
    limits: limits.map(looseLimit),
    headers: drawHeaders(random, limits),
    penalties: chosen.penalties ? [drawPenalty(random)] : [],
    background: drawBackground(random, limits, backgroundShare, serviceMs),
    latency: [{ medianMs: Number(serviceMs.toPrecision(4)), sigma: Number(random.between(0.1, 0.5).toPrecision(3)) }],
    rejectionMs: random.integer(2, 40),
    enforcementLagMs: lagMs,
  });
  return {
    row: chosen,
    seed,
    policy,
    disturbance: drawDisturbance(random, chosen),
    limits,
    backgroundShare,
    startsAtMs: random.integer(...STARTS_AT_MS),
  };
}

/** A fresh gateway of this kind in virtual time, with the dice of its seed. Discover it inside of `box.run`. */
export function openBox(gateway: BenchGateway): { readonly box: PolicyBlackBox; readonly target: BlackBox } {
  const { policy, seed, startsAtMs, disturbance } = gateway;
  const deadlineMs = startsAtMs + LONGEST_MS;
  const box = createPolicyBlackBox({ policy, callers: CALLERS, seed, startsAtMs, deadlineMs, disturbance });
  const { fetch, clock, baseUrl } = box;
  return { box, target: { fetch, clock, baseUrl, identities: IDENTITIES, routes: ROUTES } };
}

function looseLimit({
  name,
  scope,
  costs,
  algorithm,
  counts,
  retryAfter,
  silent,
}: DrawnLimit): Record<string, unknown> {
  const paths = [...costs.keys()].map((route) => ROUTES[route]?.path);
  const all = [...costs.values()];
  const base = Math.min(...all);
  const dearer = [...costs].filter(([, cost]) => cost !== base);
  return {
    name,
    scope,
    match: paths.length === ROUTES.length ? {} : { paths },
    algorithm,
    cost: {
      base,
      routes: dearer.map(([route, cost]) => ({ match: { paths: [ROUTES[route]?.path] }, base: cost })),
    },
    counts,
    retryAfter,
    silent,
  };
}

/** Of any limit, so often of another one than the one that rejects; sometimes stale. */
function drawHeaders(random: Random, limits: readonly DrawnLimit[]): Record<string, unknown> {
  const dialect = weighted(random, [
    [0.4, 'none'],
    [0.2, 'x-ratelimit'],
    [0.2, 'x-rate-limit'],
    [0.2, 'inin-ratelimit'],
  ]);
  const on = weighted(random, [
    [0.6, 'always'],
    [0.2, 'admitted'],
    [0.2, 'rejected'],
  ]);
  const spoken = limits[random.integer(0, limits.length - 1)] as DrawnLimit;
  const stale = random.next() < 0.25 && spoken.algorithm.kind !== 'concurrency';
  const staleMs = stale ? logWhole(random, 100, 60_000) : 0;
  return { dialect, on, speaksOf: spoken.name, staleMs };
}

/** Half of the time 3, 6 and 10 strikes as reported, else any three from 2 to 10. */
function drawPenalty(random: Random): Record<string, unknown> {
  const some = random.shuffled([2, 3, 4, 5, 6, 7, 8, 9, 10]).slice(0, 3);
  const strikes = random.next() < 0.5 ? [3, 6, 10] : some.toSorted((a, b) => a - b);
  const effects = ['tenant-block', 'unavailable', 'ip-ban'];
  const durations = [300_000, 600_000, 1_800_000];
  return {
    name: 'defiance',
    scope: ['org'],
    graceMs: random.next() < 0.7 ? 0 : random.integer(1, 1000),
    memoryMs: logWhole(random, 60_000, 3_600_000),
    extends: random.next() < 0.5,
    stages: strikes.map((afterStrikes, at) => ({
      name: effects[at],
      afterStrikes,
      effect: effects[at],
      durationMs: durations[at],
    })),
  };
}

function drawDisturbance(random: Random, row: Row): Disturbance {
  const errorShare = random.between(...row.errorShare);
  const errorsCharge = random.next() < 0.5;
  const lostShare = random.next() < 0.5 ? 0 : random.next();
  return { errorShare, errorsCharge, lostShare, jitterMs: random.between(...row.jitterMs) };
}
