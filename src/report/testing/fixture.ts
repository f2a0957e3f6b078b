/**
 * A made-up suite for developing and testing the report: five scenarios, a dozen strategies, twenty seeds, every kind of verdict, and an
 * organization whose name is an attack. Its numbers are plausible and mean nothing.
 */
import type { TrialMetrics } from '../../metrics/metrics.ts';
import type { CellResult, ClaimResult, ScenarioResults, SuiteResults, TrialResult } from '../../results/results.ts';
import type { StrategyFamily } from '../../strategies/strategy.ts';
import { dice } from './dice.ts';
import { fixturePolicies } from './fixture-policies.ts';
import { fixtureTimeline, hostileOrg } from './fixture-timeline.ts';

/** How one invented strategy behaves in one scenario: makespan over bound, its spread, share refused, share of jobs lost. */
interface Behaviour {
  readonly ratio: number;
  readonly refused: number;
  readonly spread?: number;
  readonly lost?: number;
}

interface Invention {
  readonly spec: string;
  readonly title: string;
  readonly family: StrategyFamily;
  readonly what: string;
  /** One per scenario, in order; null where it is not run. */
  readonly in: readonly (Behaviour | null)[];
}

const row = (ratios: number[], refused: number[], spread = 0.02): Behaviour[] =>
  ratios.map((ratio, index) => ({ ratio, refused: refused[index] ?? 0, spread }));

const inventions: readonly Invention[] = [
  {
    spec: 'header-gate',
    title: 'Remaining-header gate',
    family: 'adapts',
    what: 'waits when the remaining header reads zero, then resumes at the pace that the refusals imply',
    in: row([1.06, 1.05, 1.04, 1.05, 1.03], [0.027, 0.024, 0.022, 0.025, 0.008]),
  },
  {
    spec: 'token-bucket:ratePerSecond=10+retry-after',
    title: 'Bucket 10/s per org',
    family: 'paces',
    what: 'keeps ten calls a second per organization, then obeys Retry-After',
    in: row([1.065, 0.99, 1.24, 1.21, 1.05], [0.034, 0.571, 0.452, 0.18, 0.02], 0.05),
  },
  {
    spec: 'retry-after',
    title: 'Exact Retry-After',
    family: 'reacts',
    what: 'waits exactly what a 429 says, five seconds when it says nothing',
    in: row([1.058, 1.0, 1.26, 1.22, 1.05], [0.034, 0.573, 0.451, 0.181, 0.03], 0.04),
  },
  {
    spec: 'spacing:gapMs=350+backoff:jitter=full',
    title: 'Spacing 350 ms per org',
    family: 'paces',
    what: 'leaves 350 ms between calls of one organization',
    in: row([1.93, 1.4, 1.07, 1.18, 1.17], [0, 0.177, 0.143, 0.159, 0]),
  },
  {
    spec: 'random-start:fromMs=10000:toMs=30000',
    title: 'Random 10–30 s start',
    family: 'plans',
    what: 'starts every organization 10 to 30 s late, at random',
    in: row([1.24, 1.22, 1.33, 1.32, 1.22], [0.095, 0.199, 0.135, 0.129, 0.063]),
  },
  {
    spec: 'aimd',
    title: 'AIMD',
    family: 'adapts',
    what: 'adds to its rate while accepted, halves it when refused',
    in: row([1.26, 0.98, 1.02, 1.43, 1.23], [0.107, 0.375, 0.357, 0.019, 0.012]),
  },
  {
    spec: 'aws-adaptive',
    title: 'AWS adaptive',
    family: 'adapts',
    what: 'a client-side cubic rate, as in the AWS SDKs',
    in: row([1.16, 0.985, 1.05, 1.24, 1.12], [0.162, 0.327, 0.318, 0.299, 0.12]),
  },
  {
    spec: 'backoff:jitter=full',
    title: 'Backoff, full jitter',
    family: 'reacts',
    what: 'waits a random time up to a doubling cap',
    in: row([1.26, 1.2, 1.42, 1.45, 1.28], [0.135, 0.555, 0.495, 0.496, 0.35], 0.06),
  },
  {
    spec: 'fixed-delay:delayMs=1000',
    title: 'Fixed delay 1 s',
    family: 'reacts',
    what: 'tries again every second',
    in: row([1.05, 1.0, 1.001, 1.01, 1.01], [0.635, 0.766, 0.743, 0.757, 0.547], 0.005),
  },
  {
    spec: 'batching+retry-after',
    title: 'Batches of 50',
    family: 'plans',
    what: 'merges up to 50 jobs into one call',
    in: [...row([1.01], [0.004], 0.01), null, ...row([1.6], [0.05]), null, null],
  },
  {
    spec: 'cache+retry-after',
    title: 'Client-side cache',
    family: 'plans',
    what: 'answers repeated reads from memory',
    in: [null, null, null, ...row([1.19], [0.11]), null],
  },
  {
    spec: 'immediate',
    title: 'Immediate retry',
    family: 'reacts',
    what: 'tries again at once',
    in: [...row([1.0, 1.0, 1.0], [0.93, 0.95, 0.94]), null, { ratio: 1.4, refused: 0.97, lost: 1 }],
  },
  {
    spec: 'none',
    title: 'No retry',
    family: 'reacts',
    what: 'gives up on the first refusal',
    in: [0.8, 0.87, 0.92, 0.95, 0.67].map((lost) => ({ ratio: 0.6, refused: lost, lost })),
  },
];

const names = ['bulk-segments', 'interactions-query', 'architect-sync', 'users-fifty-orgs', 'daily-export'];
const titles = [
  'Creating segments for several organizations',
  'End-of-day interaction queries',
  'Syncing 500 flows of one tenant',
  'Reading users from fifty organizations with one client',
  'A daily export, interval by interval',
];
const boundsMs = [291_000, 180_000, 109_000, 98_000, 134_000];
const jobCounts = [600, 2400, 1510, 4992, 288];

function metricsOf(scenario: number, behaviour: Behaviour, seed: number, spec: string): TrialMetrics {
  const shared = dice(`${names[scenario]}/${seed}`)();
  const roll = dice(`${names[scenario]}/${seed}/${spec}`);
  const total = jobCounts[scenario] as number;
  const boundMs = Math.round((boundsMs[scenario] as number) * (1 + (shared - 0.5) * 0.06));
  const ratio = Math.max(1.0001, behaviour.ratio + (roll() - 0.5) * 2 * (behaviour.spread ?? 0.02));
  const makespanMs = Math.round(boundMs * ratio);
  const lost = Math.round(total * (behaviour.lost ?? 0));
  const refusedShare = Math.min(0.99, behaviour.refused * (0.95 + roll() * 0.1));
  const admitted = total - lost;
  const rejected = Math.round((Math.max(admitted, 1) * refusedShare) / (1 - refusedShare));
  const shape = 0.6 + roll();
  const quantiles = Array.from({ length: 41 }, (_, i) => Math.round(makespanMs * ((i / 40) ** shape * 0.98 + 0.01)));
  const at = (share: number) => quantiles[Math.round(share * 40)] ?? 0;
  const own = Math.round(rejected * 0.13);
  const mean = quantiles.reduce((sum, value) => sum + value, 0) / 41;
  return {
    makespanMs,
    jobs: { total, done: admitted, failed: lost, lost: 0, doubled: 0 },
    attempts: { total: admitted + rejected, admitted, rejected, cancelled: 0 },
    rejectionsByCause:
      rejected > own ? { 'client shared': rejected - own, 'token window': own } : { 'client shared': rejected },
    rejectionsByStatus: { '429': rejected },
    wastedShare: rejected / Math.max(1, admitted + rejected),
    waitMs: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: total < 500 ? null : at(0.99), max: at(1) },
    waitQuantilesMs: admitted > 0 ? quantiles : [],
    timeMs: {
      queued: mean * 0.1,
      held: mean * (0.8 - refusedShare * 0.7),
      backingOff: mean * refusedShare * 0.7,
      inService: mean * 0.1,
    },
    fairness: {
      jain: 0.9 + roll() * 0.1,
      worstOrg: seed % 2 ? hostileOrg : 'org-07',
      worstOrgSlowdown: 1 + roll() * 0.3,
      longestStarvationMs: Math.round(roll() * 20_000),
    },
    penalties: { blocks: scenario === 4 && behaviour.refused > 0.5 ? 2 : 0, unavailable: 0, bans: 0 },
    idleShare: roll() * 0.1,
    bound: { ms: boundMs, limit: 'client shared', kind: 'token bucket' },
    boundRatio: ratio,
  };
}

function trialOf(scenario: number, invention: Invention, behaviour: Behaviour, seed: number): TrialResult {
  const crashed = invention.spec === 'immediate' && behaviour.lost === 1;
  return {
    seed,
    failure: crashed ? { reason: 'too-many-attempts', detail: 'more than 200 attempts per job' } : null,
    metrics: crashed && seed % 3 === 0 ? null : metricsOf(scenario, behaviour, seed, invention.spec),
    digest: `${scenario}${seed}`.padStart(64, '0'),
  };
}

function cellsOf(scenario: number, seeds: readonly number[]): CellResult[] {
  return inventions.flatMap((invention) => {
    const behaviour = invention.in[scenario];
    if (!behaviour) return [];
    const { spec: strategy, title, family, what } = invention;
    return [
      {
        variant: '',
        strategy,
        title,
        family,
        what,
        trials: seeds.map((seed) => trialOf(scenario, invention, behaviour, seed)),
      },
    ];
  });
}

function claimsOf(scenario: number): ClaimResult[] {
  const bars = (lead: number, other: number): ClaimResult['bars'] => [
    { label: 'with the advice', value: lead, text: `${(lead * 100).toFixed(1)}\u00A0%`, lead: true },
    { label: 'without it', value: other, text: `${(other * 100).toFixed(1)}\u00A0%`, lead: false },
  ];
  return [
    {
      id: `${scenario}.1`,
      kind: 'symptom',
      says: 'Each organization stays far below its own limit, and still there are hard 429s.',
      verdict: 'holds',
      evidence: 'The naive client has 75.7 % of its calls refused on every seed.',
      boundary: '',
      bars: bars(0.757, 0),
      restsOn: [],
    },
    {
      id: `${scenario}.2`,
      kind: 'cure',
      says: 'Exponential backoff with jitter takes care of the 429s.',
      verdict: 'refuted',
      evidence:
        'It takes care of the retries, not of the first attempts: more than half of all calls are refused, and it is 8.6 % slower than waiting for the refill.',
      boundary: '',
      bars: bars(0.555, 0.024),
      restsOn: ['client shared'],
    },
    {
      id: `${scenario}.3`,
      kind: 'cure',
      says: 'Wait 200 to 500 ms between calls to the same organization.',
      verdict: 'depends',
      evidence: 'With one worker it keeps refusals at none; with two it does not.',
      boundary: 'fails at 200 ms, works from 350 ms',
      bars: bars(0.18, 0.02),
      restsOn: ['token window'],
    },
    ...(scenario === 2
      ? [
          {
            id: '2.9',
            kind: 'trap' as const,
            says: 'A restricted scope answers 429 instead of 403.',
            verdict: 'not run' as const,
            evidence: 'The variant was not part of this run.',
            boundary: '',
            bars: [],
            restsOn: [],
          },
        ]
      : []),
  ];
}

function scenarioOf(scenario: number, seeds: readonly number[]): ScenarioResults {
  const name = names[scenario] as string;
  const proposal = [
    'spacing:gapMs=350+backoff:jitter=full',
    'random-start:fromMs=10000:toMs=30000',
    'retry-after',
    'token-bucket:ratePerSecond=10+retry-after',
    'retry-after',
  ][scenario] as string;
  return {
    name,
    title: titles[scenario] as string,
    thread: {
      says: [
        'Each organization stays far below its own limit, yet there are 429s across all of them as soon as the job runs.',
        'Is the limit per organization or per client, and what pace is safe?',
      ],
      advice: ['Give every organization a bucket of ten requests per second.', 'Use exponential backoff.'],
    },
    policy: fixturePolicies[scenario % fixturePolicies.length] as ScenarioResults['policy'],
    facts: [`${scenario === 3 ? 'fifty' : 'ten'} organizations`, `${jobCounts[scenario]} jobs`],
    parameters: {
      organizations: { value: scenario === 3 ? 50 : 10, source: 'thread', note: 'as reported' },
      arrival: { value: 'at once', source: 'assumed', note: 'the thread does not say' },
    },
    refusedShareMax: 0.2,
    proposal,
    cells: cellsOf(scenario, seeds),
    claims: claimsOf(scenario),
    timelines: [proposal, 'header-gate'].map((strategy, index) =>
      fixtureTimeline(strategy, seeds[0] ?? 1, boundsMs[scenario] as number, index === 0 ? 0.18 : 0.02, scenario === 4),
    ),
  };
}

/** The made-up suite. Fewer `seeds` give the branches for too few of them. */
export function fixtureResults(options: { readonly seeds?: number; readonly scenarios?: number } = {}): SuiteResults {
  const seeds = Array.from({ length: options.seeds ?? 20 }, (_, index) => index + 1);
  return {
    schemaVersion: 1,
    tool: { name: 'ratelab', version: '0.0.0-fixture' },
    mode: 'virtual',
    seeds,
    digest: '5eed'.repeat(16),
    complete: true,
    replay: `ratelab run --seeds ${seeds.length}`,
    scenarios: Array.from({ length: options.scenarios ?? 5 }, (_, index) => scenarioOf(index, seeds)),
  };
}
