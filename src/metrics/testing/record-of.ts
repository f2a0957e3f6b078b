/** Records written by hand, for tests of what is computed from them. */
import { attemptOutcome, jobOutcome, type Sample, type TrialRecord } from '../record.ts';

/** One attempt: of which planned row, when, and how it ended. */
export interface AttemptSketch {
  readonly row: number;
  readonly at: readonly [startMs: number, endMs: number];
  readonly outcome?: keyof typeof attemptOutcome;
  readonly cause?: number;
  readonly status?: number;
}

/** One job, planned as it is. */
export interface JobSketch {
  readonly org: string;
  readonly availableMs?: number;
  readonly endMs?: number;
  readonly outcome?: keyof typeof jobOutcome;
  readonly predecessorEndMs?: number;
  readonly after?: number;
}

/** A record of these jobs and attempts (in the order of their starts). One sender per organization. */
export function recordOf(
  jobs: readonly JobSketch[],
  attempts: readonly AttemptSketch[],
  rest: { readonly endMs?: number; readonly causes?: readonly string[]; readonly samples?: readonly Sample[] } = {},
): TrialRecord {
  const orgs = [...new Set(jobs.map(({ org }) => org))];
  const work = jobs.map((job, id) => ({
    id,
    sender: orgs.indexOf(job.org),
    method: 'GET',
    path: '/a',
    body: null,
    items: 1,
    availableMs: job.availableMs ?? 0,
    notBeforeMs: 0,
    after: job.after ?? -1,
    covers: [id],
    mergeKey: '',
    mergeItemsMax: 1,
    changed: true,
  }));
  const numbers = <T>(list: readonly T[], value: (one: T) => number) => Float64Array.from(list, value);
  const firstOf = (row: number) => attempts.find((attempt) => attempt.row === row)?.at[0] ?? NaN;
  return {
    startsAtMs: Date.UTC(2026, 0, 5, 9),
    endMs: rest.endMs ?? Math.max(0, ...jobs.map(({ endMs = 0 }) => endMs), ...attempts.map(({ at }) => at[1])),
    senders: orgs.map((org) => ({
      org,
      client: org,
      token: org,
      user: '',
      app: '',
      ip: `ip-${org}`,
      tier: 'standard',
      permitted: true,
    })),
    jobs: work,
    plan: work,
    attempts: {
      count: attempts.length,
      planned: Int32Array.from(attempts, ({ row }) => row),
      sender: Int32Array.from(attempts, ({ row }) => work[row]?.sender ?? 0),
      startMs: numbers(attempts, ({ at }) => at[0]),
      endMs: numbers(attempts, ({ at }) => at[1]),
      outcome: Uint8Array.from(attempts, ({ outcome }) => attemptOutcome[outcome ?? 'admitted']),
      cause: Int16Array.from(attempts, ({ outcome, cause }) => cause ?? (outcome === 'rejected' ? 0 : -1)),
      status: Uint16Array.from(attempts, ({ outcome, status }) => status ?? (outcome === 'rejected' ? 429 : 200)),
      items: new Int32Array(attempts.length).fill(1),
    },
    planned: {
      count: jobs.length,
      releaseMs: numbers(jobs, ({ availableMs }) => availableMs ?? 0),
      predecessorEndMs: numbers(jobs, ({ predecessorEndMs }) => predecessorEndMs ?? 0),
      handedMs: numbers(jobs, ({ availableMs }) => availableMs ?? 0),
      firstAttemptMs: Float64Array.from(jobs, (_, row) => firstOf(row)),
      endMs: numbers(jobs, ({ endMs }) => endMs ?? NaN),
      outcome: Uint8Array.from(jobs, ({ endMs, outcome }) =>
        outcome === undefined ? (endMs === undefined ? jobOutcome.open : jobOutcome.done) : jobOutcome[outcome],
      ),
      attempts: Int32Array.from(jobs, (_, row) => attempts.filter((attempt) => attempt.row === row).length),
    },
    detours: new Map(),
    samples: rest.samples ?? [],
    causes: rest.causes ?? ['limit'],
  };
}
