/**
 * What a limiter did in one trial: its jobs and its attempts, in plain objects, with what each answer told it. Made from the trial's record;
 * all that the laws say is a pure function of it. Times are ms from the trial's start.
 */
import { jobOutcome, attemptOutcome, type TrialRecord } from '../metrics/record.ts';
import { settleJobs, successesByRow } from '../metrics/jobs.ts';
import { parseRetryAfterMs } from '../strategies/retry/retry-after-header.ts';

/** One job of the workload and what became of it. */
export interface HistoryJob {
  readonly id: number;
  readonly org: string;
  /** When it was there to be done. */
  readonly availableMs: number;
  /** From when it could be sent: the later of `availableMs` and the end of the job that it waits for; null when that one never ended. */
  readonly couldStartMs: number | null;
  /** When the limiter was handed it; null: never. */
  readonly handedMs: number | null;
  /** When the limiter said what became of it; null: never. */
  readonly endedMs: number | null;
  /** `failed`: the limiter gave up and said so; `lost`: it never said anything, or its plan dropped the job. */
  readonly outcome: 'done' | 'failed' | 'lost';
  /** Admitted and answered requests that did it; more than one: it was doubled. */
  readonly answers: number;
}

/** One request that reached the platform. */
export interface HistoryAttempt {
  /** Position among the trial's attempts, in the order in which they reached the platform. */
  readonly index: number;
  /** Id of its job; -1 when the request named none. */
  readonly job: number;
  /** First, second, ... attempt for its job, from 1. */
  readonly ordinal: number;
  readonly org: string;
  readonly client: string;
  readonly token: string;
  /** Method and path without query, for example `GET /api/v2/users`. */
  readonly route: string;
  readonly startMs: number;
  readonly endMs: number;
  /** HTTP status that the platform decided on. */
  readonly status: number;
  /** `cancelled`: the client hung up, or the trial ended first. */
  readonly outcome: 'admitted' | 'rejected' | 'cancelled';
  /** Name of what refused it; null: nothing did. */
  readonly cause: string | null;
  /** Retry-After as it stood in the answer; null: there was none, or no answer. */
  readonly retryAfter: string | null;
  /** What that header asks for, ms from the answer's arrival (`endMs`); null: nothing that RFC 9110 or a decimal fraction of seconds can be read from. */
  readonly retryAfterMs: number | null;
}

/** A time in which the platform refused everybody, whatever their limits; known to the trial, not to the limiter. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything that a limiter did in one trial. */
export interface History {
  /** Epoch ms of the trial's start. */
  readonly startsAtMs: number;
  /** When the trial ended. */
  readonly endMs: number;
  /** Why the trial was stopped before every job had ended, in words; null: it came to its end. */
  readonly stopped: string | null;
  /** The workload's jobs, in its order. */
  readonly jobs: readonly HistoryJob[];
  /** In the order in which they reached the platform. */
  readonly attempts: readonly HistoryAttempt[];
  /** In the order of their starts; empty when the scenario has none. */
  readonly outages: readonly Outage[];
}

/** What the record of a trial does not hold. */
export interface HistoryExtras {
  /** By attempt, the Retry-After that its answer carried; null or absent: none. */
  readonly told: readonly (string | null)[];
  /** Why the trial was stopped; default null. */
  readonly stopped?: string | null;
  /** Default: none. */
  readonly outages?: readonly Outage[];
}

/** The history of a trial, from its record and what its answers told. */
export function historyOf(record: TrialRecord, { told, stopped = null, outages = [] }: HistoryExtras): History {
  const { startsAtMs, endMs } = record;
  return { startsAtMs, endMs, stopped, outages, jobs: jobsOf(record), attempts: attemptsOf(record, told) };
}

const jobEnds = { [jobOutcome.open]: 'lost', [jobOutcome.done]: 'done', [jobOutcome.failed]: 'failed' } as const;

function jobsOf(record: TrialRecord): HistoryJob[] {
  const { planned } = record;
  const successes = successesByRow(record);
  const settled = settleJobs(record, successes);
  const covering = coveringRows(record);
  return record.jobs.map((job, index) => {
    const rows = covering.get(job.id) ?? [];
    const row = settled.row[index]! >= 0 ? settled.row[index]! : (rows[0] ?? -1);
    const couldMs = row < 0 ? job.availableMs : Math.max(job.availableMs, planned.predecessorEndMs[row]!);
    return {
      id: job.id,
      org: record.senders[job.sender]!.org,
      availableMs: job.availableMs,
      couldStartMs: numberOrNull(couldMs),
      handedMs: row < 0 ? null : numberOrNull(planned.handedMs[row]!),
      endedMs: row < 0 ? null : numberOrNull(planned.endMs[row]!),
      outcome: jobEnds[settled.outcome[index]! as keyof typeof jobEnds],
      answers: rows.reduce((sum, one) => sum + successes[one]!, 0),
    };
  });
}

/** By job id, the rows of the plan that do it. */
function coveringRows({ plan }: TrialRecord): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  plan.forEach((job, row) => {
    for (const id of job.covers) {
      const known = rows.get(id);
      if (known === undefined) rows.set(id, [row]);
      else known.push(row);
    }
  });
  return rows;
}

function attemptsOf(record: TrialRecord, told: readonly (string | null)[]): HistoryAttempt[] {
  const { attempts, senders, plan, causes, detours, startsAtMs } = record;
  const ordinals = new Int32Array(plan.length);
  return Array.from({ length: attempts.count }, (_, index): HistoryAttempt => {
    const row = attempts.planned[index]!;
    const { org, client, token } = senders[attempts.sender[index]!]!;
    const outcome = attempts.outcome[index]!;
    const endMs = attempts.endMs[index]!;
    const hasAnswer = outcome === attemptOutcome.admitted || outcome === attemptOutcome.rejected;
    const retryAfter = hasAnswer ? (told[index] ?? null) : null;
    const { method, path } = detours.get(index) ?? plan[row] ?? { method: '?', path: '?' };
    return {
      index,
      job: row < 0 ? -1 : plan[row]!.id,
      ordinal: row < 0 ? 1 : ++ordinals[row]!,
      org,
      client,
      token,
      route: `${method} ${path.split('?', 1)[0]}`,
      startMs: attempts.startMs[index]!,
      endMs,
      status: attempts.status[index]!,
      outcome: outcomeName(outcome),
      cause: causes[attempts.cause[index]!] ?? null,
      retryAfter,
      retryAfterMs: parseRetryAfterMs(retryAfter, startsAtMs + endMs),
    };
  });
}

function outcomeName(code: number): HistoryAttempt['outcome'] {
  if (code === attemptOutcome.admitted) return 'admitted';
  return code === attemptOutcome.rejected ? 'rejected' : 'cancelled';
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
