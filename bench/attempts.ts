/**
 * Attempts per second through a whole trial on one core: the token bucket strategy over many organizations, in virtual time with responses
 * that are built as far as they are read; side by side, in one run, with the same trial under @sinonjs/fake-timers with real `Response`
 * objects. A whole trial is everything from the planned jobs to metrics, bound and digest; making the workload is timed apart.
 *
 * Trials to be compared are run in turns and medians told: the machine may be shared.
 */
import { createClock } from '@sinonjs/fake-timers';
import { createGateway } from '../mock-server/gateway.ts';
import { parsePolicy, type Policy } from '../mock-server/policy.ts';
import { neededCalls } from '../src/metrics/calls.ts';
import { digestRecord, measure } from '../src/metrics/measure.ts';
import { lowerBound } from '../src/optimum/lower-bound.ts';
import { createRandomSource } from '../src/random/keyed-random.ts';
import { parseStrategy } from '../src/strategies/index.ts';
import { createVirtualTime } from '../src/time/virtual-time.ts';
import { digestOf } from '../src/trial/digest.ts';
import { brokenInvariant } from '../src/trial/invariants.ts';
import { applyPlans } from '../src/trial/plan.ts';
import { play, type TrialTime } from '../src/trial/play.ts';
import type { Respond } from '../src/trial/transport.ts';
import { createWorkload, senders } from '../src/workload/create-workload.ts';
import type { Workload } from '../src/workload/workload.ts';

/** What one measured trial gave. */
export interface AttemptsFigure {
  readonly orgs: number;
  readonly attempts: number;
  readonly attemptsPerSecond: number;
  readonly workloadMs: number;
  readonly digest: string;
}

/** All figures of the benchmark. */
export interface AttemptsFigures {
  readonly virtual: AttemptsFigure;
  readonly fakeTimers: AttemptsFigure;
  /** How many times more attempts a second than under fake-timers. */
  readonly ratio: number;
  /** The same traffic over 10 to 10,000 organizations. */
  readonly byOrgs: readonly AttemptsFigure[];
  /** Time per attempt with the most organizations over that with the fewest. */
  readonly growth: number;
}

const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
/** Work arrives in bursts at just the rate of the strategy, so that there is always a line to wait in. */
const RATE_PER_SECOND = 10;
const BURST_EVERY_MS = 1000;
const ORGS = [10, 100, 1000, 10_000];

/** One limit per organization and one on all together, both a little above the strategy's rate. */
function policyFor(orgs: number): Policy {
  return parsePolicy({
    name: 'bench',
    limits: [
      { name: 'org', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: 12, refillPerSecond: 12 } },
      {
        name: 'app',
        scope: ['app'],
        algorithm: { kind: 'token-bucket', capacity: 15 * orgs, refillPerSecond: 15 * orgs },
      },
    ],
    latency: [{ medianMs: 120, sigma: 0.4 }],
    rejectionMs: 25,
  });
}

/** Every second `active` organizations get ten jobs each; which ones, goes round. */
function workloadOf(orgs: number, active: number, jobs: number): Workload {
  const drafts = Array.from({ length: jobs }, (_, index) => {
    const burst = Math.floor(index / (active * RATE_PER_SECOND));
    const sender = (burst * active + (index % active)) % orgs;
    return { sender, path: `/api/v2/users?pageNumber=${index}`, availableMs: burst * BURST_EVERY_MS };
  });
  return createWorkload(senders(orgs), drafts);
}

interface Size {
  readonly orgs: number;
  /** Organizations with work in any one second. */
  readonly active: number;
  readonly jobs: number;
}

interface Kind {
  readonly time: () => TrialTime;
  readonly respond?: Respond;
}

const virtualKind: Kind = {
  time: () => createVirtualTime({ startsAtMs: STARTS_AT_MS, deadlineMs: STARTS_AT_MS + 1e10 }),
};

const fakeTimersKind: Kind = { time: fakeTimersTime, respond: realResponse };

/** The usual way: a fake clock that runs timer after timer, with a real turn of the event loop in between. */
function fakeTimersTime(): TrialTime {
  const fake = createClock(STARTS_AT_MS, Number.MAX_SAFE_INTEGER);
  return {
    get nowMs() {
      return fake.now;
    },
    scheduleAt: (dueMs, callback, argument) => fake.setTimeout(() => callback(argument), dueMs - fake.now),
    clock: {
      now: () => fake.now,
      setTimer: (callback, delayMs) => ({ dueMs: fake.now + delayMs, timer: fake.setTimeout(callback, delayMs) }),
      clearTimer: (handle) => fake.clearTimeout((handle as unknown as { timer: number }).timer),
    },
    run: async (main) => {
      const ended = main();
      await fake.runAllAsync();
      return { kind: 'done', value: await ended };
    },
  };
}

/** What an ordinary mock server answers with. */
function realResponse(...[gateway, request, decision]: Parameters<Respond>): Response {
  const { status, headers, body } = gateway.render(request, decision);
  return new Response(body, { status, headers: headers.map(([name, value]): [string, string] => [name, value]) });
}

async function oneTrial(kind: Kind, size: Size, now: () => number): Promise<AttemptsFigure> {
  const { orgs, jobs } = size;
  const beforeMs = now();
  const workload = workloadOf(orgs, size.active, jobs);
  const startMs = now();
  const strategy = parseStrategy(`token-bucket:ratePerSecond=${RATE_PER_SECOND}`);
  const policy = policyFor(orgs);
  const random = createRandomSource(1);
  const context = { random, startsAtMs: STARTS_AT_MS, senders: workload.senders };
  const plan = applyPlans(strategy, workload.jobs, context);
  const { record } = await play({
    gateway: createGateway(policy, { random: (stream, entity, index) => random.at(stream, entity, index) }),
    time: kind.time(),
    startsAtMs: STARTS_AT_MS,
    random,
    senders: workload.senders,
    jobs: workload.jobs,
    plan,
    strategy,
    attemptsPerJobMax: 1000,
    levels: false,
    ...(kind.respond === undefined ? {} : { respond: kind.respond }),
  });
  const digested = digestRecord(record);
  const calls = neededCalls(record, digested.spans, plan.predecessor);
  const bound = lowerBound({ policy, startsAtMs: STARTS_AT_MS, calls });
  const metrics = measure(digested, { policy, bound, isolatedMakespanMs: null });
  const digest = digestOf(record);
  const broken = brokenInvariant(digested, metrics);
  if (broken !== null || metrics.jobs.done !== jobs) throw new Error(broken ?? `only ${metrics.jobs.done} jobs done`);
  const attempts = metrics.attempts.total;
  const attemptsPerSecond = (attempts / (now() - startMs)) * 1000;
  return { orgs, attempts, attemptsPerSecond, workloadMs: startMs - beforeMs, digest };
}

/** Runs all comparisons. `now` gives real milliseconds. */
export async function compareAttempts(now: () => number, jobs = 100_000, rounds = 5): Promise<AttemptsFigures> {
  const size = { orgs: 50, active: 50, jobs };
  await oneTrial(virtualKind, size, now);
  await oneTrial(fakeTimersKind, { ...size, jobs: jobs / 10 }, now);
  const pairs: (readonly [virtual: AttemptsFigure, fakeTimers: AttemptsFigure])[] = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push([await oneTrial(virtualKind, size, now), await oneTrial(fakeTimersKind, size, now)]);
  }
  const byOrgs = await sweepOrgs(now, 2 * jobs, rounds);
  return {
    virtual: medianBy(
      pairs.map(([virtual]) => virtual),
      ({ attemptsPerSecond }) => attemptsPerSecond,
    ),
    fakeTimers: medianBy(
      pairs.map(([, fakeTimers]) => fakeTimers),
      ({ attemptsPerSecond }) => attemptsPerSecond,
    ),
    ratio: medianBy(
      pairs.map(([a, b]) => a.attemptsPerSecond / b.attemptsPerSecond),
      (ratio) => ratio,
    ),
    byOrgs,
    growth: byOrgs[0]!.attemptsPerSecond / byOrgs[byOrgs.length - 1]!.attemptsPerSecond,
  };
}

/** The same traffic over more and more organizations, in turns, so that noise hits all alike. */
async function sweepOrgs(now: () => number, jobs: number, rounds: number): Promise<AttemptsFigure[]> {
  const figures = ORGS.map((): AttemptsFigure[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, orgs] of ORGS.entries()) {
      figures[index]!.push(await oneTrial(virtualKind, { orgs, active: 10, jobs }, now));
    }
  }
  return figures.map((list) => medianBy(list, ({ attemptsPerSecond }) => attemptsPerSecond));
}

function medianBy<T>(values: readonly T[], of: (value: T) => number): T {
  return values.toSorted((a, b) => of(a) - of(b))[Math.floor(values.length / 2)]!;
}

/** A trial of a million attempts, for its memory. */
export function millionAttempts(now: () => number): Promise<AttemptsFigure> {
  return oneTrial(virtualKind, { orgs: 50, active: 50, jobs: 1_000_000 }, now);
}

/** The figures as printed lines. */
export function attemptsText({ virtual, fakeTimers, ratio, byOrgs, growth }: AttemptsFigures): string {
  const thousands = (value: number) => `${(value / 1000).toFixed(0)} k/s`;
  return [
    `attempts: virtual time, ${virtual.orgs} orgs, ${virtual.attempts} attempts: ${thousands(virtual.attemptsPerSecond)} (workload made before, in ${virtual.workloadMs.toFixed(0)} ms)`,
    `attempts: fake-timers with real Response, ${fakeTimers.orgs} orgs, ${fakeTimers.attempts} attempts: ${thousands(fakeTimers.attemptsPerSecond)}; ratio ${ratio.toFixed(1)}`,
    `attempts: by orgs ${byOrgs.map((one) => `${one.orgs}: ${thousands(one.attemptsPerSecond)}`).join(', ')}; cost per attempt from 10 to 10,000 orgs x ${growth.toFixed(2)}`,
  ].join('\n');
}

if (process.argv[1]?.match(/bench[/\\]attempts\.[jt]s$/)) {
  const now = () => performance.now();
  const million = await millionAttempts(now);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(
    `attempts: one trial of ${million.attempts} attempts: peak memory ${peakMb.toFixed(0)} MB, ${(million.attemptsPerSecond / 1000).toFixed(0)} k/s\n`,
  );
  process.stdout.write(`${attemptsText(await compareAttempts(now))}\n`);
}
