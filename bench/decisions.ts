/**
 * Decisions per second of the gateway under a four-limit policy over 50 organizations, side by side with the memory limiter of
 * rate-limiter-flexible holding one bucket per organization. Both in one run, turn by turn, so that the machine's noise hits both, and
 * with the same share of requests rejected, because a rejection costs either of them more than an admission.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createGateway, type Caller, type GatewayRequest } from '../mock-server/gateway.ts';
import { parsePolicy } from '../mock-server/policy.ts';

/** What one comparison found by one clock: medians over the rounds. */
export interface DecisionsFigures {
  /** Share of requests that both reject. */
  readonly rejectedShare: number;
  readonly clock: 'processor' | 'wall';
  readonly gatewayPerSecond: number;
  readonly limiterPerSecond: number;
  /** Median over the rounds of the two rates' ratio, and the least and greatest of them. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
}

/** Two clocks in milliseconds: where others use the machine too, the processor's tells more than the wall's. */
export interface Clocks {
  readonly processor: () => number;
  readonly wall: () => number;
}

const ORGS = 50;
const PATHS = ['/api/v2/users', '/api/v2/flows', '/api/v2/analytics/conversations/details/query'];
const DECISIONS_PER_ROUND = 150_000;
const DECISIONS_PER_ORG = DECISIONS_PER_ROUND / ORGS;
/** 5120 requests a second in virtual time. */
const GAP_MS = 0.1953125;
const START_MS = Date.UTC(2026, 0, 5, 9);

/** Runs the comparison for each share; both clocks measure the same rounds. */
export async function compareDecisions(
  clocks: Clocks,
  rejectedShares: readonly number[] = [0, 0.2, 0.5],
  rounds = 15,
): Promise<DecisionsFigures[]> {
  const figures: DecisionsFigures[] = [];
  for (const rejectedShare of rejectedShares) figures.push(...(await compareAt(rejectedShare, clocks, rounds)));
  return figures;
}

async function compareAt(rejectedShare: number, clocks: Clocks, rounds: number): Promise<DecisionsFigures[]> {
  const gateway = gatewayRound(rejectedShare);
  const limiter = limiterRound(rejectedShare);
  gateway();
  await limiter();
  const spent = { processor: [] as Round[], wall: [] as Round[] };
  for (let round = 0; round < rounds; round++) {
    const start = read(clocks);
    expectShare('gateway', gateway(), rejectedShare);
    const middle = read(clocks);
    expectShare('limiter', await limiter(), rejectedShare);
    const end = read(clocks);
    for (const clock of ['processor', 'wall'] as const) {
      spent[clock].push({ gatewayMs: middle[clock] - start[clock], limiterMs: end[clock] - middle[clock] });
    }
  }
  return (['processor', 'wall'] as const).map((clock) => figuresOf(rejectedShare, clock, spent[clock]));
}

/** What one round of each took. */
interface Round {
  readonly gatewayMs: number;
  readonly limiterMs: number;
}

function read({ processor, wall }: Clocks): Record<keyof Clocks, number> {
  return { processor: processor(), wall: wall() };
}

function figuresOf(rejectedShare: number, clock: keyof Clocks, rounds: readonly Round[]): DecisionsFigures {
  const ratios = rounds.map(({ gatewayMs, limiterMs }) => limiterMs / gatewayMs);
  return {
    rejectedShare,
    clock,
    gatewayPerSecond: (DECISIONS_PER_ROUND / median(rounds.map(({ gatewayMs }) => gatewayMs))) * 1000,
    limiterPerSecond: (DECISIONS_PER_ROUND / median(rounds.map(({ limiterMs }) => limiterMs))) * 1000,
    ratio: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
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
  const rate = (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} M/s, ${(1e9 / perSecond).toFixed(0)} ns each`;
  const lines = figures.map(
    ({ rejectedShare, clock, gatewayPerSecond, limiterPerSecond, ratio, ratioMin, ratioMax }) =>
      `  ${`${(rejectedShare * 100).toFixed(0)} %`.padStart(4)} rejected, ${clock.padEnd(9)} time: gateway (4 limits) ${rate(gatewayPerSecond)}; ` +
      `rate-limiter-flexible memory (1 bucket) ${rate(limiterPerSecond)}; ` +
      `ratio ${ratio.toFixed(1)} (${ratioMin.toFixed(1)} to ${ratioMax.toFixed(1)})`,
  );
  return [`decisions over ${ORGS} orgs, medians of interleaved rounds:`, ...lines].join('\n');
}

if (process.argv[1]?.match(/bench[/\\]decisions\.[jt]s$/)) {
  const clocks = { processor: processorMs, wall: () => performance.now() };
  process.stdout.write(`${decisionsText(await compareDecisions(clocks))}\n`);
}
