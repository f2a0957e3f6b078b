/**
 * Decisions per second of the gateway under a four-limit policy over 50 organizations, side by side with the memory limiter of
 * rate-limiter-flexible holding one bucket per organization. Both in one run, turn by turn, so that the machine's noise hits both, and
 * with the same share of requests rejected, because a rejection costs either of them more than an admission.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createGateway, type Caller, type GatewayRequest } from '../mock-server/gateway.ts';
import { parsePolicy } from '../mock-server/policy.ts';

/** What one comparison found: medians over the rounds. */
export interface DecisionsFigures {
  /** Share of requests that both reject. */
  readonly rejectedShare: number;
  readonly gatewayPerSecond: number;
  readonly limiterPerSecond: number;
  /** Median over the rounds of the two rates' ratio. */
  readonly ratio: number;
}

const ORGS = 50;
const PATHS = ['/api/v2/users', '/api/v2/flows', '/api/v2/analytics/conversations/details/query'];
const DECISIONS_PER_ROUND = 150_000;
const DECISIONS_PER_ORG = DECISIONS_PER_ROUND / ORGS;
/** 5120 requests a second in virtual time. */
const GAP_MS = 0.1953125;
const START_MS = Date.UTC(2026, 0, 5, 9);

/**
 * Runs the comparison for each share. `now` gives milliseconds: of the processor rather than the wall where others use the machine too.
 */
export async function compareDecisions(
  now: () => number,
  rejectedShares: readonly number[] = [0, 0.2, 0.5],
  rounds = 9,
): Promise<DecisionsFigures[]> {
  const figures: DecisionsFigures[] = [];
  for (const rejectedShare of rejectedShares) figures.push(await compareAt(rejectedShare, now, rounds));
  return figures;
}

async function compareAt(rejectedShare: number, now: () => number, rounds: number): Promise<DecisionsFigures> {
  const gateway = gatewayRound(rejectedShare);
  const limiter = limiterRound(rejectedShare);
  gateway();
  await limiter();
  const gatewayRates: number[] = [];
  const limiterRates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = now();
    expectShare('gateway', gateway(), rejectedShare);
    const middleMs = now();
    expectShare('limiter', await limiter(), rejectedShare);
    gatewayRates.push((DECISIONS_PER_ROUND / (middleMs - startMs)) * 1000);
    limiterRates.push((DECISIONS_PER_ROUND / (now() - middleMs)) * 1000);
  }
  return {
    rejectedShare,
    gatewayPerSecond: median(gatewayRates),
    limiterPerSecond: median(limiterRates),
    ratio: median(gatewayRates.map((rate, round) => rate / (limiterRates[round] ?? Number.NaN))),
  };
}

/** Global, per org, per token, per org and route; the org's bucket is the one that rejects. */
function policyRejecting(share: number) {
  const offeredPerSecond = 1000 / GAP_MS / ORGS;
  return parsePolicy({
    name: 'four-limits',
    limits: [
      { name: 'global', algorithm: { kind: 'token-bucket', capacity: 5000, refillPerSecond: 6000 } },
      {
        name: 'org',
        scope: ['org'],
        algorithm: { kind: 'token-bucket', capacity: 20, refillPerSecond: offeredPerSecond * (1 - share) },
      },
      { name: 'token', scope: ['token'], algorithm: { kind: 'fixed-window', limit: 9000, windowMs: 60_000 } },
      {
        name: 'org-route',
        scope: ['org', 'route'],
        algorithm: { kind: 'sliding-window-counter', limit: 4000, windowMs: 60_000 },
      },
    ],
    latency: [{ medianMs: 50, sigma: 0 }],
  });
}

/** Plays one round; gives how many were rejected. */
function gatewayRound(rejectedShare: number): () => number {
  const gateway = createGateway(policyRejecting(rejectedShare), { random: () => 0.5 });
  const requests = shuffled(
    Array.from({ length: ORGS }, (_, org) => callerOf(org)).flatMap((caller) =>
      PATHS.map((path): GatewayRequest => ({ caller, method: 'GET', path, items: 1, requestId: '' })),
    ),
  );
  let nowMs = START_MS;
  return () => {
    let rejected = 0;
    for (let turn = 0; turn < DECISIONS_PER_ROUND / requests.length; turn++) {
      for (const request of requests) {
        nowMs += GAP_MS;
        const decision = gateway.decide(request, nowMs);
        if (decision.admitted) gateway.complete(decision, nowMs);
        else rejected += 1;
      }
    }
    return rejected;
  };
}

/** A fresh limiter for each round, for it knows real time only: its points are what is to be admitted in the round. */
function limiterRound(rejectedShare: number): () => Promise<number> {
  const keys = shuffled(PATHS.flatMap(() => Array.from({ length: ORGS }, (_, org) => `org-${org}`)));
  return async () => {
    const points = Math.round(DECISIONS_PER_ORG * (1 - rejectedShare));
    const limiter = new RateLimiterMemory({ points, duration: 60 });
    let rejected = 0;
    for (let turn = 0; turn < DECISIONS_PER_ROUND / keys.length; turn++) {
      for (const key of keys) {
        try {
          await limiter.consume(key);
        } catch {
          rejected += 1;
        }
      }
    }
    return rejected;
  };
}

function expectShare(who: string, rejected: number, share: number): void {
  if (Math.abs(rejected / DECISIONS_PER_ROUND - share) > 0.01) {
    throw new Error(`Cannot compare: the ${who} rejected ${rejected} of ${DECISIONS_PER_ROUND}, not ${share * 100} %`);
  }
}

function callerOf(org: number): Caller {
  const name = `org-${org}`;
  return {
    org: name,
    client: 'integration',
    token: `token-of-${name}`,
    user: `user-of-${name}`,
    app: 'appfoundry',
    ip: '203.0.113.7',
    tier: 'standard',
    permitted: true,
  };
}

/** Always the same order, but none that a processor could guess. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, at) => ({ item, order: Math.imul(at + 1, 0x9e3779b1) >>> 0 }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that this process has spent on processors. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The figures as printed lines. */
export function decisionsText(figures: readonly DecisionsFigures[]): string {
  const millions = (value: number) => `${(value / 1e6).toFixed(2)} M/s`;
  const lines = figures.map(
    ({ rejectedShare, gatewayPerSecond, limiterPerSecond, ratio }) =>
      `  ${(rejectedShare * 100).toFixed(0)} % rejected: gateway (4 limits) ${millions(gatewayPerSecond)}, ` +
      `${(1e9 / gatewayPerSecond).toFixed(0)} ns each; rate-limiter-flexible memory (1 bucket) ` +
      `${millions(limiterPerSecond)}; ratio ${ratio.toFixed(1)}`,
  );
  return [`decisions over ${ORGS} orgs, processor time, medians of interleaved rounds:`, ...lines].join('\n');
}

if (process.argv[1]?.match(/bench[/\\]decisions\.[jt]s$/)) {
  process.stdout.write(`${decisionsText(await compareDecisions(processorMs))}\n`);
}
