/** Everything the operator's door answers, in one table. */
import { PolicyError } from '../policy.ts';
import type { LiveUpdates } from './live-updates.ts';
import type { Metrics } from './metrics.ts';
import { clockOrder, OrderError, policyOrder } from './orders.ts';
import { snapshot, type Watched } from './snapshot.ts';

/** An answer of the door. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What routes work on. */
export interface Surroundings extends Watched {
  readonly metrics: Metrics;
  readonly updates: LiveUpdates;
  readonly page: Answer;
}

/** One thing the door does. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** For people. */
  readonly what: string;
  /** Null: the answer is the stream of updates. Throws OrderError or PolicyError for a body with faults, and has then done nothing. */
  readonly answer: ((surroundings: Surroundings, body: string) => Answer | Promise<Answer>) | null;
}

/** The table. Everything that changes something answers with the state after it. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/', what: 'the live page', answer: ({ page }) => page },
  {
    method: 'GET',
    path: '/state',
    what: 'policy, clock, requests in service, decisions by cause, the emptiest buckets of each limit',
    answer: (surroundings) => json(200, snapshot(surroundings)),
  },
  {
    method: 'GET',
    path: '/decisions',
    what: 'the last 100 decisions, the latest first',
    answer: ({ telemetry }) => json(200, { decisions: telemetry.decisions() }),
  },
  {
    method: 'GET',
    path: '/events',
    what: 'state, decisions by second and the last decisions as server-sent events, once a second',
    answer: null,
  },
  {
    method: 'GET',
    path: '/metrics',
    what: 'the same for Prometheus',
    answer: async ({ metrics }) => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() }),
  },
  {
    method: 'POST',
    path: '/reset',
    what: 'empties all buckets; the data of the resources is as at the start',
    answer: (surroundings) => {
      surroundings.platform.reset();
      return changed(surroundings);
    },
  },
  {
    method: 'PUT',
    path: '/policy',
    what: 'plays another policy from now on: the name of one, or a whole one as JSON',
    answer: (surroundings, body) => {
      surroundings.platform.changePolicy(policyOrder(body));
      return changed(surroundings);
    },
  },
  {
    method: 'POST',
    path: '/clock',
    what: 'moves the gateway\u2019s clock: {"advanceMs": 10000}, {"speed": 10}, or both',
    answer: (surroundings, body) => {
      const { advanceMs, speed } = clockOrder(body);
      if (speed !== undefined) surroundings.time.setSpeed(speed);
      if (advanceMs !== undefined) surroundings.time.advance(advanceMs);
      return changed(surroundings);
    },
  },
];

/** JSON as an answer. */
export function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** What a route answers to a body; faults of the body are a 400 that lists them. */
export async function answerOf(
  answer: NonNullable<Route['answer']>,
  surroundings: Surroundings,
  body: string,
): Promise<Answer> {
  try {
    return await answer(surroundings, body);
  } catch (error) {
    if (!(error instanceof OrderError || error instanceof PolicyError)) throw error;
    const faults = error.faults.map(({ path, rule }) => ({ path, rule }));
    return json(400, { message: error.message, faults });
  }
}

function changed(surroundings: Surroundings): Answer {
  surroundings.updates.push();
  return json(200, snapshot(surroundings));
}
