/**
 * Attempts per second through a whole trial on one core: the token bucket strategy over many organizations, in virtual time with responses
 * that are built as far as they are read; side by side, in one run, with the same trial under @sinonjs/fake-timers with real `Response`
 * objects. A whole trial is everything from the planned jobs to metrics, bound and digest; making the workload is timed apart.
 *
 * Each trial is run a few times and the median is told: the machine is shared.
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
  /** The same number of attempts over 10 to 10,000 organizations. */
  readonly byOrgs: readonly AttemptsFigure[];
  /** Most over least time per attempt in `byOrgs`. */
  readonly growth: number;
}

const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
/** Work arrives in bursts, every second, at just the rate of the strategy, so that there is always a line to wait in. */
const RATE_PER_SECOND = 10;
const BURST_EVERY_MS = 1000;

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

function workloadOf(orgs: number, jobs: number): Workload {
  const perBurst = (RATE_PER_SECOND * BURST_EVERY_MS) / 1000;
  const drafts = Array.from({ length: jobs }, (_, index) => {
    const position = Math.floor(index / orgs);
    const availableMs = Math.floor(position / perBurst) * BURST_EVERY_MS;
    return { sender: index % orgs, path: `/api/v2/users?pageNumber=${position}`, availableMs };
  });
  return createWorkload(senders(orgs), drafts);
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

async function oneTrial(kind: Kind, orgs: number, jobs: number, now: () => number): Promise<AttemptsFigure> {
  const beforeMs = now();
  const workload = workloadOf(orgs, jobs);
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

async function medianOf(rounds: number, run: () => Promise<AttemptsFigure>): Promise<AttemptsFigure> {
  const figures: AttemptsFigure[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await run());
  return figures.toSorted((a, b) => a.attemptsPerSecond - b.attemptsPerSecond)[Math.floor(rounds / 2)]!;
}

/** Runs all comparisons. `now` gives real milliseconds. */
export async function compareAttempts(now: () => number, jobs = 200_000, rounds = 3): Promise<AttemptsFigures> {
  await oneTrial(virtualKind, 50, jobs / 4, now);
  await oneTrial(fakeTimersKind, 50, jobs / 20, now);
  const virtual = await medianOf(rounds, () => oneTrial(virtualKind, 50, jobs, now));
  const fakeTimers = await medianOf(rounds, () => oneTrial(fakeTimersKind, 50, jobs / 4, now));
  const byOrgs: AttemptsFigure[] = [];
  for (const orgs of [10, 100, 1000, 10_000]) {
    byOrgs.push(await medianOf(rounds, () => oneTrial(virtualKind, orgs, jobs, now)));
  }
  const rates = byOrgs.map(({ attemptsPerSecond }) => attemptsPerSecond);
  return {
    virtual,
    fakeTimers,
    ratio: virtual.attemptsPerSecond / fakeTimers.attemptsPerSecond,
    byOrgs,
    growth: rates[0]! / rates[rates.length - 1]!,
  };
}

/** A trial of a million jobs, for its memory. */
export function millionAttempts(now: () => number): Promise<AttemptsFigure> {
  return oneTrial(virtualKind, 50, 1_000_000, now);
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
