/**
 * Attempts per second through a whole trial on one core: the token bucket strategy over many organizations, in virtual time with responses
 * that are built as far as they are read; side by side, in one run, with the same trial under @sinonjs/fake-timers with real `Response`
 * objects. A whole trial is everything from the planned jobs to metrics, bound and digest; making the workload is timed apart.
 *
 * Trials to be compared are run in turns and medians told: the machine may be shared. Each kind has a thread of its own, so that neither
 * spoils what the compiler has learnt from the other, and runs for about the same time in its turn: several trials in a row in virtual time,
 * as in a suite, one under fake-timers.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
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
import { createTransport, type Respond } from '../src/trial/transport.ts';
import { createWorkload, senders } from '../src/workload/create-workload.ts';
import type { Workload } from '../src/workload/workload.ts';

/** What one measured trial gave. */
export interface AttemptsFigure {
  readonly orgs: number;
  readonly jobs: number;
  readonly attempts: number;
  readonly attemptsPerSecond: number;
  readonly workloadMs: number;
  /** Most memory that the process has held so far. */
  readonly peakMb: number;
  readonly digest: string;
}

/** All figures of the benchmark. */
export interface AttemptsFigures {
  readonly virtual: AttemptsFigure;
  readonly fakeTimers: AttemptsFigure;
  /** How many times more attempts a second than under fake-timers: the median of the rounds' own ratios. */
  readonly ratio: number;
  /** The same traffic over 10 to 10,000 organizations. */
  readonly byOrgs: readonly AttemptsFigure[];
  /** Time per attempt with the most organizations over that with the fewest. */
  readonly growth: number;
}

/** One trial to run. */
interface Size {
  readonly orgs: number;
  /** Organizations that get work in any one burst. */
  readonly active: number;
  /** Jobs that each of them gets. */
  readonly jobsPerBurst: number;
  readonly jobs: number;
  readonly strategy: string;
}

type KindName = 'virtual' | 'fakeTimers';

const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);
const RATE_PER_SECOND = 10;
const TRIALS_IN_A_ROW = 7;
const ORGS = [10, 100, 1000, 10_000];

/** Work arrives in bursts at just the rate of the strategy, so that there is always a line to wait in. */
const PACED = { jobsPerBurst: RATE_PER_SECOND, strategy: `token-bucket:ratePerSecond=${RATE_PER_SECOND}` };
/** Eight seconds' worth of work at once, sent again every second: nearly four attempts for each job. */
const STUBBORN = { jobsPerBurst: 80, strategy: 'fixed-delay:delayMs=1000' };

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

/** In each burst `active` organizations get their jobs; which ones, goes round. A thousand pages, over and over. */
function workloadOf({ orgs, active, jobsPerBurst, jobs }: Size): Workload {
  const paths = Array.from({ length: 1000 }, (_, page) => `/api/v2/users?pageNumber=${page}`);
  const burstEveryMs = (jobsPerBurst / RATE_PER_SECOND) * 1000;
  const drafts = Array.from({ length: jobs }, (_, index) => {
    const burst = Math.floor(index / (active * jobsPerBurst));
    const sender = (burst * active + (index % active)) % orgs;
    return { sender, path: paths[index % paths.length]!, availableMs: burst * burstEveryMs };
  });
  return createWorkload(senders(orgs), drafts);
}

interface Kind {
  readonly time: () => TrialTime;
  readonly respond?: Respond;
}

const kinds: Readonly<Record<KindName, Kind>> = {
  virtual: { time: () => createVirtualTime({ startsAtMs: STARTS_AT_MS, deadlineMs: STARTS_AT_MS + 1e10 }) },
  fakeTimers: { time: fakeTimersTime, respond: realResponse },
};

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

async function oneTrial(kind: Kind, size: Size): Promise<AttemptsFigure> {
  const { orgs, jobs } = size;
  const beforeMs = performance.now();
  const workload = workloadOf(size);
  const workloadMs = performance.now() - beforeMs;
  const startMs = performance.now();
  const strategy = parseStrategy(size.strategy);
  const policy = policyFor(orgs);
  const random = createRandomSource(1);
  const context = { random, startsAtMs: STARTS_AT_MS, senders: workload.senders };
  const plan = applyPlans(strategy, workload.jobs, context);
  const gateway = createGateway(policy, { random: (stream, entity, index) => random.at(stream, entity, index) });
  const { respond } = kind;
  const { record } = await play({
    connect: (carried) => createTransport({ ...carried, gateway, ...(respond === undefined ? {} : { respond }) }),
    gateway,
    causes: gateway.causes,
    time: kind.time(),
    startsAtMs: STARTS_AT_MS,
    random,
    senders: workload.senders,
    jobs: workload.jobs,
    plan,
    strategy,
    attemptsPerJobMax: 1000,
    levels: false,
  });
  const digested = digestRecord(record);
  const calls = neededCalls(record, digested.spans, plan.predecessor);
  const bound = lowerBound({ policy, startsAtMs: STARTS_AT_MS, calls });
  const metrics = measure(digested, { policy, bound, isolatedMakespanMs: null });
  const digest = digestOf(record);
  const broken = brokenInvariant(digested, metrics);
  if (broken !== null || metrics.jobs.done !== jobs) throw new Error(broken ?? `only ${metrics.jobs.done} jobs done`);
  const attempts = metrics.attempts.total;
  const attemptsPerSecond = (attempts / (performance.now() - startMs)) * 1000;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { orgs, jobs, attempts, attemptsPerSecond, workloadMs, peakMb, digest };
}

/** A thread that runs trials of one kind. */
class Lane {
  readonly #worker: Worker;

  constructor(kind: KindName) {
    this.#worker = new Worker(fileURLToPath(import.meta.url), { workerData: { lane: kind } });
  }

  run(size: Size): Promise<AttemptsFigure> {
    this.#worker.postMessage(size);
    // An error of the thread rejects, too.
    return once(this.#worker, 'message').then(([figure]) => figure as AttemptsFigure);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Runs all comparisons. */
export async function compareAttempts(jobs = 100_000, rounds = 5): Promise<AttemptsFigures> {
  const lanes = { virtual: new Lane('virtual'), fakeTimers: new Lane('fakeTimers') };
  const size = { orgs: 50, active: 50, jobs, ...PACED };
  await lanes.virtual.run(size);
  await lanes.fakeTimers.run({ ...size, jobs: jobs / 5 });
  const pairs: (readonly [virtual: AttemptsFigure, fakeTimers: AttemptsFigure])[] = [];
  for (let round = 0; round < rounds; round++) {
    const inARow: AttemptsFigure[] = [];
    for (let trial = 0; trial < TRIALS_IN_A_ROW; trial++) inARow.push(await lanes.virtual.run(size));
    pairs.push([medianBy(inARow, rateOf), await lanes.fakeTimers.run(size)]);
  }
  await lanes.fakeTimers.close();
  const byOrgs = await sweepOrgs(lanes.virtual, 2 * jobs, rounds);
  await lanes.virtual.close();
  return {
    virtual: medianBy(
      pairs.map(([virtual]) => virtual),
      rateOf,
    ),
    fakeTimers: medianBy(
      pairs.map(([, fakeTimers]) => fakeTimers),
      rateOf,
    ),
    ratio: medianBy(
      pairs.map(([virtual, fakeTimers]) => rateOf(virtual) / rateOf(fakeTimers)),
      (ratio) => ratio,
    ),
    byOrgs,
    growth: rateOf(byOrgs[0]!) / rateOf(byOrgs[byOrgs.length - 1]!),
  };
}

/** The same traffic over more and more organizations, in turns, so that noise hits all alike. */
async function sweepOrgs(lane: Lane, jobs: number, rounds: number): Promise<AttemptsFigure[]> {
  const figures = ORGS.map((): AttemptsFigure[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, orgs] of ORGS.entries()) {
      figures[index]!.push(await lane.run({ orgs, active: 10, jobs, ...PACED }));
    }
  }
  return figures.map((list) => medianBy(list, rateOf));
}

/** A trial of a million attempts in this thread. Call it first: what it tells is the peak of the whole process. */
export function millionAttempts(): Promise<AttemptsFigure> {
  // 80 jobs at 12 a second: 80 + 68 + 56 + ... + 8 attempts a burst.
  return oneTrial(kinds.virtual, { orgs: 50, active: 50, jobs: 260_000, ...STUBBORN });
}

function rateOf({ attemptsPerSecond }: AttemptsFigure): number {
  return attemptsPerSecond;
}

function medianBy<T>(values: readonly T[], of: (value: T) => number): T {
  return values.toSorted((a, b) => of(a) - of(b))[Math.floor(values.length / 2)]!;
}

/** The figures as printed lines. */
export function attemptsText({ virtual, fakeTimers, ratio, byOrgs, growth }: AttemptsFigures): string {
  return [
    `attempts: virtual time, ${virtual.orgs} orgs, ${virtual.attempts} attempts: ${thousands(virtual.attemptsPerSecond)} (workload made before, in ${virtual.workloadMs.toFixed(0)} ms)`,
    `attempts: fake-timers with real Response, ${fakeTimers.orgs} orgs, ${fakeTimers.attempts} attempts: ${thousands(fakeTimers.attemptsPerSecond)}; ratio ${ratio.toFixed(1)}`,
    `attempts: by orgs ${byOrgs.map((one) => `${one.orgs}: ${thousands(one.attemptsPerSecond)}`).join(', ')}; cost per attempt from 10 to 10,000 orgs x ${growth.toFixed(2)}`,
  ].join('\n');
}

/** The memory figure as a printed line. */
export function millionText({ attempts, jobs, peakMb, attemptsPerSecond }: AttemptsFigure): string {
  return `attempts: one trial of ${attempts} attempts for ${jobs} jobs: peak memory of the process ${peakMb.toFixed(0)} MB, ${thousands(attemptsPerSecond)}`;
}

function thousands(perSecond: number): string {
  return `${(perSecond / 1000).toFixed(0)} k/s`;
}

const lane = (workerData as { lane?: KindName } | null)?.lane;
if (lane !== undefined) {
  parentPort?.on('message', (size: Size) => {
    void oneTrial(kinds[lane], size).then((figure) => parentPort?.postMessage(figure));
  });
} else if (isMainThread && process.argv[1]?.match(/bench[/\\]attempts\.[jt]s$/)) {
  process.stdout.write(`${millionText(await millionAttempts())}\n`);
  process.stdout.write(`${attemptsText(await compareAttempts())}\n`);
}
