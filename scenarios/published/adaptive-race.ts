/**
 * The race of limiters on the site of Nall.RateLimiting.Adaptive, with its six stories: instances of one program share a quota that none of
 * them knows. One story has published figures; of the others only the names are published, so their numbers are ours.
 */
import type { Gateway, GatewayOptions } from '../../mock-server/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';
import type { TrialResult } from '../../src/results/results.ts';
import { createWorkload, sender, type JobDraft } from '../../src/workload/create-workload.ts';
import type { RandomSource, Workload } from '../../src/workload/workload.ts';
import { assumed, documented } from '../parameters.ts';
import { defineScenario, type Published, type PublishedFigure, type Scenario, type Values } from '../scenario.ts';
import { HiddenQuota, QUOTA, type QuotaStory } from './hidden-quota.ts';

const MINUTE_MS = 60_000;
const STARTS_AT = '2026-03-04T10:00:00Z';
const QUOTA_PER_MINUTE = 3000;
/** Published length of a race, minutes. */
const RACE_MINUTES = 15;
/** What a cut or a neighbour takes: half of the quota for a minute. */
const TAKEN = QUOTA_PER_MINUTE / 2;
const TAKEN_DURING = { fromMs: 8 * MINUTE_MS, toMs: 9 * MINUTE_MS };

/** A story: its name, what is special about it, and its numbers. */
interface Story {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly fact: string;
  readonly quota?: Partial<QuotaStory>;
  readonly work?: Partial<Record<keyof typeof parameters, number>>;
  readonly published?: Published;
}

const parameters = {
  instances: documented(2, 'The published run has two instances.'),
  demandPerMinute: documented(2000, 'Requests a minute of each instance: the page’s default.'),
  requests: documented(
    2 * 2000 * RACE_MINUTES,
    'The demand of the published 15 minutes. What does not pass in them is done afterwards: a trial ends when its work is done.',
  ),
  laterInstances: assumed(0, 'Instances that join later.'),
  joinMs: assumed(5 * MINUTE_MS, 'When they join.'),
  burst: assumed(0, 'Requests of each instance that come at once.'),
  burstMs: assumed(5 * MINUTE_MS, 'When they come.'),
};

/** Poisson arrivals at each instance until together they have all requests. */
function makeWorkload(values: Values<typeof parameters>, random: RandomSource): Workload {
  const { instances, laterInstances, joinMs, demandPerMinute, burst, burstMs } = values;
  const total = instances + laterInstances;
  const senders = Array.from({ length: total }, (_, index) =>
    sender({ org: 'orders', client: 'orders-api', token: `instance-${index + 1}` }),
  );
  const arrivals = senders.map(({ token }, index) => ({
    atMs: index < instances ? 0 : joinMs,
    dice: random.stream('arrivals', token),
  }));
  const drafts: JobDraft[] = senders
    .slice(0, instances)
    .flatMap((_, index) =>
      Array.from({ length: burst }, () => ({ sender: index, path: '/orders', availableMs: burstMs })),
    );
  while (drafts.length < values.requests) {
    const next = arrivals.reduce((first, each, index) => (each.atMs < arrivals[first]!.atMs ? index : first), 0);
    const { atMs, dice } = arrivals[next]!;
    drafts.push({ sender: next, path: '/orders', availableMs: Math.floor(atMs) });
    arrivals[next]!.atMs = atMs + dice.exponential(MINUTE_MS / demandPerMinute);
  }
  return createWorkload(senders, drafts);
}

/** Retries that do not give up: under a pacing layer few requests need more than two. */
const RETRY = 'retry-after:attemptsMax=10000';
/** Only so many attempts at once reach the layers inside, so that a pause for Retry-After stops what is not yet sent: as the library pauses its bucket. */
const PAUSE = 'concurrency:by=token,limit=8+org-gate:by=token,absentMs=0';
/** The published controller for two instances: each has half of 600 a minute at the start, and half of each step of 120 a minute. */
const AIMD = 'aimd:by=token,startPerSecond=5,increasePerSecond=1,cooldownMs=5000,minPerSecond=0.5';
/** The page's own suggestion for a faster climb: steps of 600 a minute. */
const AIMD_FAST = 'aimd:by=token,startPerSecond=5,increasePerSecond=5,cooldownMs=5000,minPerSecond=0.5';
/** The quota itself, divided by hand: what a client does that knows it. */
const KNOWING = 'token-bucket:by=token,ratePerSecond=25,burst=1';

const retryOnly = (attemptsMax: number) => `retry-after:attemptsMax=${attemptsMax}`;
const AIMD_PAUSING = `${RETRY}+${PAUSE}+${AIMD}`;
const AIMD_ALONE = `${RETRY}+${AIMD}`;

const strategies = [
  retryOnly(2),
  retryOnly(3),
  retryOnly(4),
  AIMD_PAUSING,
  AIMD_ALONE,
  `${RETRY}+${PAUSE}+${AIMD_FAST}`,
  `${RETRY}+${PAUSE}+aws-adaptive:by=token`,
  `${RETRY}+${PAUSE}+atb:by=token,startPerSecond=5`,
  `${RETRY}+${PAUSE}+${KNOWING}`,
  `${RETRY}+${KNOWING}`,
];

/** Share of what the quota gave, in %, while the trial lasted: its work over 50 a second, less what the cut took. */
function quotaUsed({ metrics }: TrialResult): number {
  if (metrics === null) return Number.NaN;
  const { makespanMs, jobs } = metrics;
  const cutMs = Math.max(0, Math.min(makespanMs, TAKEN_DURING.toMs) - TAKEN_DURING.fromMs);
  return (100 * jobs.done) / ((QUOTA_PER_MINUTE * makespanMs - (QUOTA_PER_MINUTE - TAKEN) * cutMs) / MINUTE_MS);
}

/** 429s in 15 minutes: those of the whole trial, by the time that it took. */
function refusalsPerRace({ metrics }: TrialResult): number {
  if (metrics === null) return Number.NaN;
  return ((metrics.rejectionsByStatus['429'] ?? 0) * RACE_MINUTES * MINUTE_MS) / metrics.makespanMs;
}

/** One published figure; a single run has no spread. */
function figure(
  label: string,
  strategy: string,
  quantity: 'quota used' | '429s in 15 min',
  publishedValue: number,
  note: string,
): PublishedFigure {
  const isShare = quantity === 'quota used';
  return {
    label,
    strategy,
    quantity,
    unit: isShare ? '%' : '',
    published: publishedValue,
    publishedText: isShare ? `${publishedValue} %` : publishedValue === 56 ? '56' : '64,931',
    publishedStandardError: null,
    measure: isShare ? quotaUsed : refusalsPerRace,
    note,
  };
}

const published: Published = {
  source:
    'Nall.RateLimiting.Adaptive, model run on its front page (2 instances, quota 3,000 units/min that drops 50 % for 60 s, 15 minutes, seed 42): https://nikiforovall.blog/adaptive-rate-limiting-dotnet/',
  note: 'A single run of somebody else’s model. How its quota counts, Retry-After, service times, the retry policy, the minute of the drop and the depth of the bucket are not published, so that agreement can be expected in kind, not in digits. Its third figure, a recovery of 8 s, is left out: nothing says from what to what it was measured. Here a trial ends when all 60,000 requests are done; quota used is the work over what the quota gave until then, and 429s are scaled to 15 minutes.',
  figures: [
    figure(
      'AIMD, library defaults',
      AIMD_PAUSING,
      'quota used',
      90,
      'The climb from 600 to 3,000 a minute, by 720 a minute each minute, alone loses 4,000 requests, about half of what is missing; the saw tooth and the second climb after the cut lose the rest.',
    ),
    figure(
      'AIMD, library defaults',
      AIMD_PAUSING,
      '429s in 15 min',
      56,
      'The same order of magnitude. How many requests are under way when a first 429 comes depends on service times, which are not published.',
    ),
    figure(
      'AIMD without the pause for Retry-After',
      AIMD_ALONE,
      '429s in 15 min',
      56,
      'Not the published algorithm: it shows what the pause is worth.',
    ),
    ...[2, 3, 4].map((attempts) =>
      figure(
        `Retry only, ${attempts} attempts`,
        retryOnly(attempts),
        '429s in 15 min',
        64_931,
        'How often the page’s client tries is not published; what does not pass is given up.',
      ),
    ),
  ],
};

const stories: readonly Story[] = [
  {
    name: 'adaptive-race',
    title: 'Adaptive race: the server cuts the quota',
    says: 'The quota drops by half for 60 seconds.',
    fact: 'in the ninth minute the quota is 1,500',
    quota: { cut: { ...TAKEN_DURING, quota: TAKEN } },
    published,
  },
  {
    name: 'adaptive-race-free-run',
    title: 'Adaptive race: free run',
    says: 'Nothing happens but the quota.',
    fact: 'the quota never changes',
  },
  {
    name: 'adaptive-race-noisy-neighbour',
    title: 'Adaptive race: a noisy neighbour',
    says: 'Another client takes half of the quota for 60 seconds.',
    fact: 'in the ninth minute another client asks 25 times a second',
    quota: { neighbour: { ...TAKEN_DURING, ratePerSecond: TAKEN / 60 } },
  },
  {
    name: 'adaptive-race-scale-out',
    title: 'Adaptive race: scale out',
    says: 'More instances of the same program join.',
    fact: 'two more instances join after five minutes',
    work: { laterInstances: 2 },
  },
  {
    name: 'adaptive-race-top-of-the-hour',
    title: 'Adaptive race: top of the hour',
    says: 'A burst of requests comes at once.',
    fact: 'each instance has 1,000 requests a minute, and 3,000 at once after five minutes',
    work: { demandPerMinute: 1000, burst: 3000, requests: 2 * (1000 * RACE_MINUTES + 3000) },
  },
  {
    name: 'adaptive-race-long-retry-after',
    title: 'Adaptive race: a long Retry-After',
    says: 'The server asks for a long pause.',
    fact: 'every Retry-After says 60 s',
    quota: { retryAfterMs: MINUTE_MS },
  },
];

function raceOf(story: Story): Scenario {
  const quota: QuotaStory = {
    quota: QUOTA_PER_MINUTE,
    windowMs: MINUTE_MS,
    cut: null,
    neighbour: null,
    retryAfterMs: null,
    ...story.quota,
  };
  const own = Object.entries(story.work ?? {}).map(([name, value]) => [name, assumed(value, 'Of this story.')]);
  return defineScenario({
    name: story.name,
    title: story.title,
    thread: {
      says: ['Several instances share one hidden quota of 3,000 units a minute.', story.says],
      advice: ['Adapt the rate to the 429s instead of only retrying after them.'],
    },
    startsAt: STARTS_AT,
    policy: {
      name: story.name,
      title: 'One hidden quota',
      description: `3,000 requests in any 60 s over all instances; ${story.fact}.`,
      limits: [
        {
          name: QUOTA,
          algorithm: { kind: 'sliding-window-log', limit: QUOTA_PER_MINUTE, windowMs: MINUTE_MS },
          source: 'reported',
          note: 'The page tells units used in the last 60 s, hence a sliding window; the algorithm itself is not published.',
        },
      ],
      latency: [{ medianMs: 60, sigma: 0 }],
    },
    parameters: { ...parameters, ...(Object.fromEntries(own) as Partial<typeof parameters>) },
    workload: makeWorkload,
    facts: ({ instances, demandPerMinute, requests }) => [
      `${instances} instances, ${demandPerMinute} requests a minute each, ${requests} in all`,
      '3,000 requests in any 60 s over all instances, which nobody tells them',
      story.fact,
    ],
    strategies,
    proposal: AIMD_PAUSING,
    refusedShareMax: 0.2,
    deadlineMs: 60 * MINUTE_MS,
    attemptsPerJobMax: 10_000,
    variants: [],
    claims: [],
    platform: (policy: Policy, options: GatewayOptions): Gateway =>
      new HiddenQuota(policy, options, new Date(STARTS_AT).getTime(), quota),
    ...(story.published === undefined ? {} : { published: story.published }),
  });
}

/** The race in its six stories; the first is the one with published figures. */
export const adaptiveRaces: readonly Scenario[] = stories.map(raceOf);
