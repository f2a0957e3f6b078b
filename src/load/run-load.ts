/** One load from plan to results. */
import { LOAD_SCHEMA_VERSION, type LoadResults } from '../results/load-results.ts';
import { createScaledTime } from '../time/scaled-time.ts';
import { drive, type DriveEnd } from './drive.ts';
import { type LoadedGateway, gatewayHere, gatewayInThread } from './gateway.ts';
import { rounded } from './latencies.ts';
import { paceOf } from './pace.ts';
import { checkPlan, type LoadPlan } from './plan.ts';
import { Recording } from './recording.ts';
import { requestBytes } from './request-bytes.ts';
import { type Sender, sendersOf, signIn } from './senders.ts';

/** What is known while a load runs. */
export interface LoadProgress {
  readonly elapsedMs: number;
  readonly durationMs: number;
  readonly sent: number;
  readonly admitted: number;
  readonly rejected: number;
  readonly lost: number;
}

/** Options of {@link runLoad}. */
export interface RunLoadOptions {
  readonly plan: LoadPlan;
  /** Of ratelab. */
  readonly version: string;
  /** Ends the load; what was done is the result. */
  readonly signal: AbortSignal;
  /** Called five times a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

const PROGRESS_MS = 200;

/**
 * Runs a load.
 *
 * @throws (rejects) InputError for a plan out of bounds and a target that cannot be reached.
 */
export async function runLoad(options: RunLoadOptions): Promise<LoadResults> {
  const plan = checkPlan(options.plan);
  const { target } = plan;
  if (target.kind === 'url') return await load(options, target.target.origin, sendersOf(target.tokens), null);
  const start = target.ownThread ? gatewayInThread : gatewayHere;
  const gateway = await start({ policy: target.policy, seed: plan.seed });
  try {
    const senders = await signIn(gateway.url, target.orgs, target.tokensPerOrg, options.signal);
    return await load(options, gateway.url, senders, gateway);
  } finally {
    await gateway.close();
  }
}

async function load(
  { plan, version, signal, onProgress }: RunLoadOptions,
  origin: string,
  senders: readonly Sender[],
  gateway: LoadedGateway | null,
): Promise<LoadResults> {
  const pace = plan.rate === null ? null : paceOf(plan.rate, plan.durationMs);
  // Polls before a request is due: a timer of Node's may be late by more than a quick answer takes.
  const time = createScaledTime({ precise: true });
  const recording = new Recording(
    senders.map(({ name }) => name),
    pace,
  );
  const show = () => {
    const { sent, admitted, rejected, timeouts, errors } = recording.counts;
    const elapsedMs = time.nowMs - recording.startMs;
    onProgress?.({ elapsedMs, durationMs: plan.durationMs, sent, admitted, rejected, lost: timeouts + errors });
    time.scheduleAt(time.nowMs + PROGRESS_MS, show, undefined);
  };
  const listener = {
    onStart(startMs: number) {
      recording.onStart(startMs);
      gateway?.begin(startMs);
      if (onProgress !== undefined) time.scheduleAt(startMs + PROGRESS_MS, show, undefined);
    },
    onSent: recording.onSent.bind(recording),
    onAnswer: recording.onAnswer.bind(recording),
    onLost: recording.onLost.bind(recording),
  };
  try {
    const host = new URL(origin).host;
    const bytes = senders.map(({ token }) => requestBytes(plan.request, host, token));
    const end = await drive({ ...plan, origin, pace, bytes }, time, listener, signal);
    return resultsOf(plan, version, end, recording, (await gateway?.rejectedByCause()) ?? null);
  } finally {
    time.stop();
  }
}

function resultsOf(
  plan: LoadPlan,
  version: string,
  end: DriveEnd,
  recording: Recording,
  byGateway: Readonly<Record<string, readonly number[]>> | null,
): LoadResults {
  const { target, request, connections, pipelining, rate, durationMs, requestsMax, timeoutMs, seed } = plan;
  const recorded = recording.recorded();
  const name = target.kind === 'policy' ? target.policy.name : target.target.origin;
  return {
    schemaVersion: LOAD_SCHEMA_VERSION,
    kind: 'load',
    tool: { name: 'ratelab', version },
    target: { kind: target.kind, name },
    request: {
      method: request.method,
      // A query may hold what is nobody's business.
      path: request.path.split('?', 1)[0] ?? '/',
      headerNames: request.headers.map(([header]) => header.toLowerCase()),
      bodyBytes: Buffer.byteLength(request.body),
    },
    model: rate === null ? 'closed' : 'open',
    options: { connections, pipelining, rate, durationMs, requestsMax, timeoutMs, seed },
    complete: end.complete,
    ranMs: rounded(end.ranMs),
    ...(byGateway === null ? recorded : withCauses(recorded, byGateway)),
    counts: { ...recorded.counts, unanswered: end.unanswered, unsent: end.unsent },
  };
}

/** The gateway's own counts in place of what the answers say. */
function withCauses(
  recorded: ReturnType<Recording['recorded']>,
  byGateway: Readonly<Record<string, readonly number[]>>,
): ReturnType<Recording['recorded']> {
  const { series } = recorded;
  const { length } = series.sent;
  const entries = Object.entries(byGateway);
  /** A decision may fall into a later second than the last answer: it counts in the last. */
  const fitted = (list: readonly number[]) =>
    Array.from({ length }, (_, index) => (index < length - 1 ? (list[index] ?? 0) : sum(list.slice(index))));
  return {
    ...recorded,
    rejections: {
      source: 'gateway',
      byCause: Object.fromEntries(entries.map(([cause, list]) => [cause, sum(list)])),
    },
    series: {
      ...series,
      rejectedByCause: Object.fromEntries(entries.map(([cause, list]) => [cause, fitted(list)])),
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
