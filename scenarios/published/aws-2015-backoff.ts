/** The comparison of backoff algorithms that everybody quotes, held against its own published code. */
import { createWorkload, senders } from '../../src/workload/create-workload.ts';
import type { TrialResult, ScenarioResults } from '../../src/results/results.ts';
import type { Workload } from '../../src/workload/workload.ts';
import { documented } from '../parameters.ts';
import { defineScenario, type PublishedFigure, type Values } from '../scenario.ts';
import { ContendedRow, readThenWrite, STRETCH } from './contended-row.ts';

const parameters = {
  clients: documented(100, 'The published table is for 100 clients.'),
};

/** Published base, ms; the n-th failure waits up to base x 2^n, so that ours, which begins at 2^(n-1), needs twice the base. */
const BASE_MS = 5;
const CAP_MS = 2000;

/** A backoff of the published comparison as a spec, for a platform on which a published ms lasts `stretch` ms. */
export function publishedBackoff(jitter: 'none' | 'full' | 'equal' | 'decorrelated', stretch: number): string {
  const baseMs = (jitter === 'decorrelated' ? BASE_MS : 2 * BASE_MS) * stretch;
  return `backoff:jitter=${jitter},baseMs=${baseMs},capMs=${CAP_MS * stretch},attemptsMax=10000`;
}

/** Runs behind the published table, whose spreads are standard deviations. */
const RUNS = 20;

interface PublishedRow {
  readonly label: string;
  readonly strategy: string;
  readonly calls: number;
  readonly callsDeviation: number;
  readonly completionMs: number;
}

const rows: readonly PublishedRow[] = [
  {
    label: 'Exponential, no jitter',
    strategy: publishedBackoff('none', STRETCH),
    calls: 1848,
    callsDeviation: 41,
    completionMs: 62_902,
  },
  {
    label: 'Decorrelated jitter',
    strategy: publishedBackoff('decorrelated', STRETCH),
    calls: 995,
    callsDeviation: 19,
    completionMs: 4569,
  },
  {
    label: 'Equal jitter',
    strategy: publishedBackoff('equal', STRETCH),
    calls: 809,
    callsDeviation: 6,
    completionMs: 6705,
  },
  {
    label: 'Full jitter',
    strategy: publishedBackoff('full', STRETCH),
    calls: 799,
    callsDeviation: 5,
    completionMs: 5013,
  },
  { label: 'No backoff', strategy: 'immediate-retry', calls: 2418, callsDeviation: 27, completionMs: 2026 },
];

/** Writes: half of the attempts, as every try is a read and a write. */
function callsOf({ metrics }: TrialResult): number {
  const total = metrics?.attempts.total ?? Number.NaN;
  if (total % 2 !== 0) throw new Error(`invariant: reads and writes must come in pairs, current value is ${total}`);
  return total / 2;
}

function completionMsOf({ metrics }: TrialResult): number {
  return (metrics?.makespanMs ?? Number.NaN) / STRETCH;
}

const count = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function figuresOf({ label, strategy, calls, callsDeviation, completionMs }: PublishedRow): PublishedFigure[] {
  return [
    {
      label,
      strategy,
      quantity: 'calls',
      unit: '',
      published: calls,
      publishedText: `${count(calls)} \u00B1 ${callsDeviation}`,
      publishedStandardError: callsDeviation / Math.sqrt(RUNS),
      measure: callsOf,
      note: '',
    },
    {
      label,
      strategy,
      quantity: 'completion',
      unit: 'ms',
      published: completionMs,
      publishedText: count(completionMs),
      publishedStandardError: null,
      measure: completionMsOf,
      note: 'Its spread was not published.',
    },
  ];
}

/** Every client writes the row once, at the same moment. */
function makeWorkload({ clients }: Values<typeof parameters>): Workload {
  const drafts = Array.from({ length: clients }, (_, sender) => ({ sender, method: 'PUT', path: '/row' }));
  return createWorkload(senders(clients), drafts);
}

/** What is said about the comparison, for this scenario and for the one that puts a rate limit in the place of the row. */
export const thread: ScenarioResults['thread'] = {
  says: [
    'Clients that contend for one row and back off without jitter stay together; jitter more than halves their calls.',
  ],
  advice: ['Use full jitter: fewest calls; decorrelated jitter finishes a little sooner for more calls.'],
};

/** The scenario `aws-2015-backoff`. */
export const aws2015Backoff = defineScenario({
  name: 'aws-2015-backoff',
  title: 'Exponential backoff and jitter, 2015',
  thread,
  startsAt: '2026-03-04T10:00:00Z',
  policy: {
    name: 'aws-2015-backoff',
    title: 'One row under optimistic concurrency control',
    description:
      'No rate limit: a write is refused (429, cause conflict) when somebody else has written since the client read the row. The row itself takes no time.',
    limits: [],
    rejectionMs: 0,
  },
  parameters,
  workload: makeWorkload,
  facts: ({ clients }) => [
    `${clients} clients, each writes the same row once`,
    'every try is a read and a write; calls are writes',
    'messages take |Normal(10, 2)| ms each way',
    'a published millisecond lasts a second here, as timers of clients count whole milliseconds',
  ],
  strategies: rows.map(({ strategy }) => strategy),
  proposal: publishedBackoff('full', STRETCH),
  refusedShareMax: 1,
  deadlineMs: 1_000_000 * STRETCH,
  attemptsPerJobMax: 20_000,
  variants: [],
  claims: [],
  platform: (policy) => new ContendedRow(policy),
  client: readThenWrite,
  published: {
    source:
      'M. Brooker, Exponential Backoff and Jitter (AWS Architecture Blog, 2015): its code, aws-samples/aws-arch-backoff-simulator at 66cb169, run 20 times with seed 1 under Python 3, as the article shows charts only',
    note: 'The same model, written anew: the row is a platform of its own, the strategies are the ones that every other scenario uses. \u00B1 is the standard deviation over runs.',
    figures: rows.flatMap(figuresOf),
  },
});
