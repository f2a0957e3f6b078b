/** Asynchronous details jobs: submitted, waited for, read page by page with a cursor. */
import type { KeyedRandom } from '../gateway.ts';
import { objectOf, readBody, whole } from './body.ts';
import { detailsFields } from './conversation-details.ts';
import { type Test, testOf } from './conversation-filter.ts';
import type { Conversations, Numbers } from './conversations.ts';
import { uuidOf } from './identifiers.ts';
import { intervalField } from './interval.ts';
import { wholeNumber } from './query.ts';
import { badRequest, notFound, ok } from './replies.ts';
import { type Call, type Operation, type Reply, ReplyError, type ResourceOptions } from './resource.ts';

const PATH = '/api/v2/analytics/conversations/details/jobs';
const DAY_MS = 86_400_000;
/** Jobs remembered, over all organizations; the oldest is forgotten. */
const JOBS_MAX = 1000;
const INTERVAL_DAYS = 400;
const PAGE_SIZE = 1000;
/** Assumed: how long a job waits, how long it runs, how long its results are kept. */
const QUEUED_MS = 1000;
const RUNS_MS = { from: 1000, to: 4000 };
const KEPT_MS = DAY_MS;

const submission = objectOf({
  ...detailsFields,
  interval: intervalField(INTERVAL_DAYS),
  limit: whole(1, 10_000_000).optional(),
});

/** One job. Instants are epoch ms. */
interface Job {
  readonly org: string;
  readonly submittedMs: number;
  readonly startedMs: number;
  readonly completedMs: number;
  readonly expiresMs: number;
  readonly numbers: Numbers;
  readonly test: Test | null;
  readonly isDescending: boolean;
}

/** Operations on details jobs. */
export function detailsJobOperations(options: ResourceOptions, conversations: Conversations): readonly Operation[] {
  const jobs = new DetailsJobs(options.random, conversations);
  return [
    { method: 'POST', path: PATH, handle: (call) => jobs.submit(call) },
    { method: 'GET', path: `${PATH}/availability`, handle: ({ nowMs }) => ok({ dataAvailabilityDate: isoOf(nowMs) }) },
    { method: 'GET', path: `${PATH}/{jobId}`, handle: (call) => jobs.status(call) },
    { method: 'GET', path: `${PATH}/{jobId}/results`, handle: (call) => jobs.results(call) },
    { method: 'DELETE', path: `${PATH}/{jobId}`, handle: (call) => jobs.delete(call) },
  ];
}

class DetailsJobs {
  readonly #random: KeyedRandom;
  readonly #conversations: Conversations;
  /** Oldest first. */
  readonly #jobs = new Map<string, Job>();
  #submitted = 0;

  constructor(random: KeyedRandom, conversations: Conversations) {
    this.#random = random;
    this.#conversations = conversations;
  }

  submit({ caller: { org }, body, nowMs }: Call): Reply {
    const { interval, order, limit, conversationFilters, segmentFilters } = readBody(submission, body);
    const test = testOf([...conversationFilters, ...segmentFilters], this.#conversations);
    if (test !== null && limit !== undefined) throw badRequest('limit must be absent where there are filters.');
    const { first, end } = this.#conversations.within(org, interval, nowMs);
    const most = Math.min(end - first, limit ?? Infinity);
    const isDescending = order === 'desc';
    const index = this.#submitted++;
    const startedMs = nowMs + QUEUED_MS;
    const completedMs =
      startedMs + RUNS_MS.from + (RUNS_MS.to - RUNS_MS.from) * this.#random('details-job', org, index);
    const jobId = uuidOf(this.#random, 'details-job-id', org, index);
    this.#jobs.set(jobId, {
      org,
      submittedMs: nowMs,
      startedMs,
      completedMs,
      expiresMs: completedMs + KEPT_MS,
      numbers: isDescending ? { first: end - most, end } : { first, end: first + most },
      test,
      isDescending,
    });
    if (this.#jobs.size > JOBS_MAX) this.#jobs.delete([...this.#jobs.keys()][0] ?? '');
    return { status: 202, body: { jobId } };
  }

  status(call: Call): Reply {
    const job = this.#known(call);
    const { submittedMs, startedMs, completedMs, expiresMs } = job;
    const submissionDate = isoOf(submittedMs);
    if (call.nowMs < completedMs) return ok({ state: call.nowMs < startedMs ? 'QUEUED' : 'RUNNING', submissionDate });
    return ok({
      state: 'FULFILLED',
      submissionDate,
      completionDate: isoOf(completedMs),
      expirationDate: isoOf(expiresMs),
    });
  }

  results(call: Call): Reply {
    const job = this.#known(call);
    const { nowMs, query } = call;
    const size = wholeNumber(query, 'pageSize', PAGE_SIZE, { min: 1, max: PAGE_SIZE });
    const from = this.#cursorOf(call, job);
    // What the platform answers here is not known: assumed.
    if (nowMs < job.completedMs) throw new ReplyError(409, 'job.not.fulfilled', 'The job is not yet fulfilled.');
    const { first, end } = job.numbers;
    const total = end - first;
    // A page of a filtered job may hold fewer than asked for, and still another follow.
    const looksAtMax = job.test?.looksAtMax ?? size;
    const conversations: unknown[] = [];
    let at = from;
    for (; at < total && conversations.length < size && at - from < looksAtMax; at++) {
      const number = job.isDescending ? end - 1 - at : first + at;
      if (job.test?.keeps(job.org, number) ?? true) conversations.push(this.#conversations.details(job.org, number));
    }
    const dataAvailabilityDate = isoOf(job.submittedMs);
    if (at >= total) return ok({ conversations, dataAvailabilityDate });
    return ok({ conversations, cursor: cursorAt(call.parameters['jobId'] ?? '', at), dataAvailabilityDate });
  }

  delete(call: Call): Reply {
    this.#known(call);
    this.#jobs.delete(call.parameters['jobId'] ?? '');
    return { status: 204, body: undefined };
  }

  #known({ caller: { org }, parameters, nowMs }: Call): Job {
    const job = this.#jobs.get(parameters['jobId'] ?? '');
    if (job === undefined || job.org !== org || nowMs >= job.expiresMs) throw notFound('job');
    return job;
  }

  /** Where a page begins. A cursor is one that this job gave. */
  #cursorOf({ query, parameters }: Call, { numbers }: Job): number {
    const cursor = query.get('cursor');
    if (cursor === null || cursor === '') return 0;
    const jobId = parameters['jobId'] ?? '';
    const at = Number.parseInt(cursor.slice(-8), 16);
    const isOwn = at > 0 && at < numbers.end - numbers.first && cursor === cursorAt(jobId, at);
    if (!isOwn) throw badRequest('cursor must be one that the last page of this job gave.');
    return at;
  }
}

function cursorAt(jobId: string, at: number): string {
  return `${jobId.replaceAll('-', '')}${at.toString(16).padStart(8, '0')}`;
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
