/** The one retry loop. What differs between retry strategies is the rule that says how long to wait, or to stop. */
import { sleep } from '../../time/clock.ts';
import type { Fetch, Pipeline, RequestIdentity, StrategyContext } from '../strategy.ts';
import { isGivenUp } from './given-up.ts';
import { copyOf, isRepeatable, signalOf } from './request.ts';

/** What a rule knows about a request that was just refused. */
export interface Refusal {
  readonly response: Response;
  readonly identity: RequestIdentity;
  /** Key for dice: the job, or a running number when the job is unknown. */
  readonly entity: string;
  /** How often this request has been refused, at least 1. */
  readonly refusals: number;
  /** What the rule said last time, 0 at the first refusal. */
  readonly previousDelayMs: number;
  /** Epoch ms at which the first attempt was started. */
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** Says when to try again. */
export interface RetryRule {
  /** Milliseconds to wait before the next attempt; null: stop and hand over the last response. */
  delayMs(refusal: Refusal): number | null;
  /** Told of every response that was no refusal, with the refusals of the same request before it. `entity` is '' when there were none. */
  passed?(entity: string, refusals: number, identity: RequestIdentity): void;
}

/** How a retrying layer differs from the plain one. */
export interface RetryOptions {
  /** Which answers are refusals. Default: 429 and 503, which both mean that nothing was done, so that repeating a POST is safe. */
  readonly refuses?: (status: number) => boolean;
  /** Changes the request of each attempt (0 is the first), for example to give it an id. */
  readonly prepare?: (
    context: StrategyContext,
  ) => (input: string | URL | Request, init: RequestInit | undefined, entity: string, attempt: number) => RequestInit;
}

/** Longest timer of Node: 2^31 - 1 ms. A longer one would fire at once. */
export const timerMsMax = 2_147_483_647;

/** Builds a retrying layer. `makeRule` is called once for each wrapped fetch. A request with a stream for a body is sent once. */
export function retrying(makeRule: (context: StrategyContext) => RetryRule, options: RetryOptions = {}): Pipeline {
  const refuses = options.refuses ?? isRefusal;
  return (fetch, context) => {
    const rule = makeRule(context);
    const prepare = options.prepare?.(context);
    let unknownJobs = 0;
    return async (input, init) => {
      const startedAtMs = context.clock.now();
      let entity = '';
      if (prepare !== undefined) entity = context.identify(input, init).job || `#${++unknownJobs}`;
      const response = await fetch(
        typeof input === 'string' ? input : copyOf(input),
        prepare === undefined ? init : prepare(input, init, entity, 0),
      );
      if (!refuses(response.status)) {
        rule.passed?.('', 0, context.identify(input, init));
        return response;
      }
      const identity = context.identify(input, init);
      entity ||= identity.job || `#${++unknownJobs}`;
      const send: Fetch = prepare === undefined ? fetch : prepared(fetch, prepare, entity);
      const refusal = { response, identity, entity, refusals: 1, previousDelayMs: 0, startedAtMs, nowMs: 0 };
      return tryAgain(refusal, { rule, refuses, send, input, init, context });
    };
  };
}

/** The default of {@link RetryOptions.refuses}. */
export function isRefusal(status: number): boolean {
  return status === 429 || status === 503;
}

interface Retried {
  readonly rule: RetryRule;
  readonly refuses: (status: number) => boolean;
  readonly send: Fetch;
  readonly input: string | URL | Request;
  readonly init: RequestInit | undefined;
  readonly context: StrategyContext;
}

async function tryAgain(
  refusal: { -readonly [K in keyof Refusal]: Refusal[K] },
  { rule, refuses, send, input, init, context }: Retried,
): Promise<Response> {
  for (;;) {
    refusal.nowMs = context.clock.now();
    if (isGivenUp(refusal.response) || !isRepeatable(input, init)) return refusal.response;
    const delayMs = rule.delayMs(refusal);
    if (delayMs === null || delayMs > timerMsMax) return refusal.response;
    context.discard?.(refusal.response);
    if (delayMs > 0) await sleep(context.clock, Math.ceil(delayMs), signalOf(input, init));
    const response = await send(copyOf(input), init);
    if (!refuses(response.status)) {
      rule.passed?.(refusal.entity, refusal.refusals, refusal.identity);
      return response;
    }
    refusal.response = response;
    refusal.refusals += 1;
    refusal.previousDelayMs = delayMs;
  }
}

function prepared(fetch: Fetch, prepare: ReturnType<NonNullable<RetryOptions['prepare']>>, entity: string): Fetch {
  let attempt = 0;
  return (input, init) => fetch(input, prepare(input, init, entity, ++attempt));
}
