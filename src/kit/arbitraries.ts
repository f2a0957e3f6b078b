/** fast-check arbitraries: policies, traffic, whole small scenarios. All shrink towards few calls, few limits, round numbers. */
import * as fc from 'fast-check';
import { createWorkload, senders } from '../workload/create-workload.ts';
import type { Workload } from '../workload/workload.ts';
import { draftOf, type SmallCall, type SmallScenario } from './small-scenario.ts';
import type { RetryAfterText, Trouble } from './troubled-gateway.ts';

/** A loose limit or policy, as JSON. */
export type Loose = Readonly<Record<string, unknown>>;

/** A limiter's promise: at most so many starts per window. */
export interface Promised {
  readonly limit: number;
  readonly windowMs: number;
}

/** Options of {@link trafficArbitrary} and {@link workloadArbitrary}. */
export interface TrafficOptions {
  /** Traffic that puts this promise to the test: bursts of up to three times the limit, pauses just below, at and just above the window. Default 10 per second. */
  readonly promise?: Promised;
  /** Most organizations. Default 3. */
  readonly orgsMax?: number;
  /** Most calls. Default three times the promised limit, at least 30 and at most 300. */
  readonly callsMax?: number;
}

/** Options of {@link scenarioArbitrary}. */
export interface ScenarioOptions extends TrafficOptions {
  /**
   * What limits the platform has. Default `random`: none to three of any kind that a patient client gets through. `none`: nothing is refused but by troubles. A list: these,
   * always (loose limits, as in a policy).
   */
  readonly limits?: 'random' | 'none' | readonly Loose[];
  /** Single refusals (429) whatever the limits say. Default true. */
  readonly refusals?: boolean;
  /** Outages (503) of up to ten seconds. Default true. */
  readonly outages?: boolean;
  /** What the Retry-After of refusals and outages may say. Default {@link RETRY_AFTERS}; add `3000000` or `soon` for those that few survive. */
  readonly retryAfters?: readonly RetryAfterText[];
}

/** Every kind of Retry-After that a client has to understand: none, seconds, none to wait, dates, a long one. */
export const RETRY_AFTERS: readonly RetryAfterText[] = ['absent', '1', '0', '7', 'date+2', 'date+0', 'date+30', '120'];

const DEFAULT_PROMISE: Promised = { limit: 10, windowMs: 1000 };
/** Of two routes the first is the small scenario's default. */
const OTHER_PATH = '/api/v2/flows';
const SERVICE_MS = [50, 1, 200, 1000];
/** Before the end of an outage even a client that retries at once, every refusal taking 10 ms, stays below the attempts that a trial allows. */
const OUTAGE_MS_MAX = 10_000;
const BURSTS_MAX = 8;

/**
 * Loose limits of every algorithm, scope and hint; `parsePolicy` takes each. Name them before they stand in one policy. None is slower than one
 * call a second. Those that count refused requests too (`counts: 'all'`) are among them unless `admittedOnly`: against such a limit even a client that
 * does as it is told may never get through.
 */
export function limitArbitrary({
  admittedOnly = false,
}: { readonly admittedOnly?: boolean } = {}): fc.Arbitrary<Loose> {
  const limit = fc.integer({ min: 2, max: 20 });
  const windowMs = fc.constantFrom(1000, 250, 700, 2000);
  const algorithm = fc.oneof(
    fc.record({ kind: fc.constant('sliding-window-log'), limit, windowMs }),
    fc.record({
      kind: fc.constant('fixed-window'),
      limit,
      windowMs,
      anchor: fc.constantFrom('first-request', 'epoch'),
    }),
    fc.record({ kind: fc.constant('sliding-window-counter'), limit, windowMs }),
    fc.record({
      kind: fc.constant('token-bucket'),
      capacity: limit,
      refillPerSecond: fc.constantFrom(5, 2, 20),
      stepMs: fc.constantFrom(0, 1000),
    }),
    fc.record({ kind: fc.constant('concurrency'), limit }),
  );
  return fc
    .record({
      scope: fc.constantFrom(['org'], [], ['client'], ['token'], ['org', 'route']),
      algorithm,
      retryAfter: fc.constantFrom<unknown>(
        'exact',
        'http-date',
        'absent',
        { fixedMs: 2000 },
        { uniformMs: [500, 4000] },
      ),
      counts: admittedOnly ? fc.constant('admitted') : fc.constantFrom('admitted', 'all'),
    })
    .map((one) => (one.algorithm.kind === 'concurrency' ? { ...one, counts: 'admitted' } : one));
}

/** Loose policies of one to three limits (`limitsMin` 0: also of none). */
export function policyArbitrary({ limitsMin = 1 }: { readonly limitsMin?: 0 | 1 } = {}): fc.Arbitrary<Loose> {
  return fc
    .record({
      limits: fc.array(limitArbitrary(), { minLength: limitsMin, maxLength: 3 }),
      serviceMs: fc.constantFrom(...SERVICE_MS),
    })
    .map(({ limits, serviceMs }) => ({
      name: 'arbitrary',
      limits: limits.map((limit, index) => ({ name: `limit-${index + 1}`, ...limit })),
      latency: [{ medianMs: serviceMs, sigma: 0 }],
      rejectionMs: 10,
    }));
}

/**
 * Calls, in the order of their times: bursts within one ms, steady runs, quiet times around the promised window, late arrivals, from several
 * organizations. Times are whole ms.
 */
export function trafficArbitrary(options: TrafficOptions = {}): fc.Arbitrary<SmallCall[]> {
  const { promise = DEFAULT_PROMISE, orgsMax = 3 } = options;
  const { limit, windowMs } = promise;
  const callsMax = options.callsMax ?? Math.min(300, Math.max(30, 3 * limit));
  const spacingMs = Math.max(1, Math.floor(windowMs / limit));
  const run = fc.record({
    quietMs: fc.oneof(
      fc.constantFrom(0, windowMs, windowMs - 1, windowMs + 1, Math.floor(windowMs / 2), 3 * windowMs, 30 * windowMs),
      fc.integer({ min: 0, max: 2 * windowMs }),
    ),
    count: fc.integer({ min: 1, max: Math.min(callsMax, 3 * limit) }),
    gapMs: fc.constantFrom(0, 0, 1, spacingMs, Math.max(0, spacingMs - 1), Math.ceil(spacingMs / 3)),
    org: fc.nat(orgsMax - 1),
    isOther: fc.boolean(),
  });
  return fc.array(run, { minLength: 1, maxLength: BURSTS_MAX }).map((runs) => {
    let atMs = 0;
    const calls = runs.flatMap(({ quietMs, count, gapMs, org, isOther }) => {
      atMs += quietMs;
      const fromMs = atMs;
      atMs += gapMs * (count - 1);
      const where = isOther ? { org, path: OTHER_PATH } : { org };
      return Array.from({ length: count }, (_, index) => ({ atMs: fromMs + index * gapMs, ...where }));
    });
    return calls.slice(0, callsMax);
  });
}

/** The same traffic as a workload, for scenarios of one's own. */
export function workloadArbitrary(options: TrafficOptions = {}): fc.Arbitrary<Workload> {
  return trafficArbitrary(options).map((calls) => createWorkload(senders(options.orgsMax ?? 3), calls.map(draftOf)));
}

/** Whole small scenarios: limits, traffic, single refusals, outages, a seed for the limiter's own dice. */
export function scenarioArbitrary(options: ScenarioOptions = {}): fc.Arbitrary<SmallScenario> {
  const { orgsMax = 3 } = options;
  return fc
    .record({
      limits: limitsArbitrary(options.limits ?? 'random'),
      serviceMs: fc.constantFrom(...SERVICE_MS),
      calls: trafficArbitrary(options),
      troubles: troublesArbitrary(options),
      seed: fc.nat(1000),
    })
    .map(({ limits, serviceMs, calls, troubles, seed }) => ({
      limits,
      orgs: orgsMax,
      serviceMs,
      calls,
      troubles: troubles.map((trouble) => withinReach(trouble, calls.length)),
      seed,
    }));
}

/** Fewer calls move the refusal of a late request forward with them: otherwise a case could not shrink to fewer calls than stand before it. */
function withinReach(trouble: Trouble, calls: number): Trouble {
  return trouble.kind === 'refusal' ? { ...trouble, request: Math.min(trouble.request, calls + 1) } : trouble;
}

function limitsArbitrary(limits: NonNullable<ScenarioOptions['limits']>): fc.Arbitrary<readonly Loose[]> {
  if (limits === 'none') return fc.constant([]);
  if (limits !== 'random') return fc.constant(limits);
  return fc.array(limitArbitrary({ admittedOnly: true }), { maxLength: 3 });
}

function troublesArbitrary({
  refusals = true,
  outages = true,
  retryAfters = RETRY_AFTERS,
}: ScenarioOptions): fc.Arbitrary<Trouble[]> {
  const retryAfter = fc.constantFrom(...retryAfters);
  const refusal = fc.record({
    kind: fc.constant('refusal' as const),
    request: fc.integer({ min: 1, max: 20 }),
    retryAfter,
  });
  const outage = fc
    .record({
      fromMs: fc.oneof(fc.constantFrom(0, 1000), fc.integer({ min: 0, max: 5000 })),
      lastsMs: fc.constantFrom(1000, 100, 3000, OUTAGE_MS_MAX),
      retryAfter,
    })
    .map(({ fromMs, lastsMs, ...rest }) => ({ kind: 'outage' as const, fromMs, toMs: fromMs + lastsMs, ...rest }));
  const parts = [
    refusals ? fc.array<Trouble>(refusal, { maxLength: 4 }) : fc.constant([]),
    outages ? fc.array<Trouble>(outage, { maxLength: 1 }) : fc.constant([]),
  ];
  return fc.tuple(...parts).map((troubles) => troubles.flat());
}
