/**
 * Decisions per second of the gateway under a four-limit policy over 50 organizations, side by side with the memory limiter of
 * rate-limiter-flexible holding one bucket per organization. Both in one run, turn by turn, so that the machine's noise hits both.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { createGateway, type Caller, type GatewayRequest } from '../mock-server/gateway.ts';
import { parsePolicy } from '../mock-server/policy.ts';

/** What the comparison found: medians over the rounds. */
export interface DecisionsFigures {
  readonly gatewayPerSecond: number;
  readonly limiterPerSecond: number;
  /** Median over the rounds of the two rates' ratio. */
  readonly ratio: number;
  readonly rounds: number;
}

const ORGS = 50;
const PATHS = ['/api/v2/users', '/api/v2/flows', '/api/v2/analytics/conversations/details/query'];
const DECISIONS_PER_ROUND = 200_000;
const START_MS = Date.UTC(2026, 0, 5, 9);

/** Global, per org, per token, per org and route. About one decision in eight is a rejection. */
const POLICY = parsePolicy({
  name: 'four-limits',
  limits: [
    { name: 'global', algorithm: { kind: 'token-bucket', capacity: 5000, refillPerSecond: 4500 } },
    { name: 'org', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: 200, refillPerSecond: 100 } },
    { name: 'token', scope: ['token'], algorithm: { kind: 'fixed-window', limit: 6000, windowMs: 60_000 } },
    {
      name: 'org-route',
      scope: ['org', 'route'],
      algorithm: { kind: 'sliding-window-counter', limit: 2400, windowMs: 60_000 },
    },
  ],
  latency: [{ medianMs: 50, sigma: 0 }],
});

/** Runs the comparison. `now` gives milliseconds, of the processor rather than the wall where others use the machine too. */
export async function compareDecisions(now: () => number, rounds = 9): Promise<DecisionsFigures> {
  const gateway = gatewayRound();
  const limiter = limiterRound();
  gateway();
  await limiter();
  const gatewayRates: number[] = [];
  const limiterRates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = now();
    gateway();
    const middleMs = now();
    await limiter();
    gatewayRates.push((DECISIONS_PER_ROUND / (middleMs - startMs)) * 1000);
    limiterRates.push((DECISIONS_PER_ROUND / (now() - middleMs)) * 1000);
  }
  return {
    gatewayPerSecond: median(gatewayRates),
    limiterPerSecond: median(limiterRates),
    ratio: median(gatewayRates.map((rate, round) => rate / (limiterRates[round] ?? Number.NaN))),
    rounds,
  };
}

function gatewayRound(): () => void {
  const gateway = createGateway(POLICY, { random: () => 0.5 });
  const requests = Array.from({ length: ORGS }, (_, org) => callerOf(org)).flatMap((caller) =>
    PATHS.map((path): GatewayRequest => ({ caller, method: 'GET', path, items: 1, requestId: '' })),
  );
  let nowMs = START_MS;
  return () => {
    for (let at = 0; at < DECISIONS_PER_ROUND; at++) {
      nowMs += 0.1953125;
      const decision = gateway.decide(requests[(at * 7) % requests.length] as GatewayRequest, nowMs);
      if (decision.admitted) gateway.complete(decision, nowMs);
    }
  };
}

function limiterRound(): () => Promise<void> {
  const limiter = new RateLimiterMemory({ points: 1e9, duration: 60 });
  const keys = Array.from({ length: ORGS }, (_, org) => `org-${org}`);
  return async () => {
    for (let at = 0; at < DECISIONS_PER_ROUND; at++) {
      try {
        await limiter.consume(keys[(at * 7) % ORGS] as string);
      } catch {
        // Rejected: counted all the same.
      }
    }
  };
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that this process has spent on processors. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The figures as one printed line. */
export function decisionsText(figures: DecisionsFigures): string {
  const perSecond = (value: number) => `${(value / 1e6).toFixed(2)} M/s`;
  const gatewayNs = (1e9 / figures.gatewayPerSecond).toFixed(0);
  return (
    `decisions: gateway (4 limits, ${ORGS} orgs) ${perSecond(figures.gatewayPerSecond)}, ${gatewayNs} ns each; ` +
    `rate-limiter-flexible memory (1 bucket) ${perSecond(figures.limiterPerSecond)}; ratio ${figures.ratio.toFixed(1)} ` +
    `(medians of ${figures.rounds} interleaved rounds of ${DECISIONS_PER_ROUND}, processor time)`
  );
}

if (process.argv[1]?.match(/bench[/\\]decisions\.[jt]s$/)) {
  process.stdout.write(`${decisionsText(await compareDecisions(processorMs))}\n`);
}
