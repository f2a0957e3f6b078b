import { defineStrategy } from '../definition.ts';
import type { RequestIdentity } from '../strategy.ts';
import { giveUpOn } from './given-up.ts';
import { retryAfterMs } from './retry-after-header.ts';
import { isRefusal } from './retrying.ts';

/** The trap of thread 2: "a restricted scope causes the API to return 429s instead of 403s". */
export const giveUp = defineStrategy({
  name: 'give-up',
  title: 'Give up hopeless retries',
  titleOf: ({ after }) => `Give up after ${after} refusals`,
  family: 'reacts',
  what: 'Stops the retries of a request that was refused five times in a row, although each time it waited as it was told, while other requests of the same organization passed and none of the same token, method and path ever did.',
  when: 'Inside a retrying layer (retry-after+give-up): a 429 that is really a missing permission never passes, and each retry is wasted. Once a request of the same kind has passed, the permission is there and refusals are congestion: it never gives up then.',
  parameters: {
    after: {
      kind: 'integer',
      default: 5,
      unit: 'refusals',
      min: 1,
      max: 10_000,
      doc: 'Refusals in a row before it gives up.',
    },
  },
  references: [
    'Thread 2: "Sometimes, a restricted scope causes the API to return 429s instead of 403s, though this is rare"',
  ],
  example: 'retry-after+give-up',
  inside: 'a layer that retries, for example retry-after+give-up',
  build: ({ after }) => ({
    pipeline: (fetch, { clock, identify }) => {
      const evidence = new Evidence();
      return async (input, init) => {
        const response = await fetch(input, init);
        const identity = identify(input, init);
        const kind = kindOf(identity, input, init);
        const request = identity.job === '' ? `${kind} ${urlOf(input)}` : identity.job;
        if (!isRefusal(response.status)) {
          evidence.passed(identity.org, kind, request);
          return response;
        }
        const nowMs = clock.now();
        const refusals = evidence.refused(identity.org, kind, request, nowMs, retryAfterMs(response, nowMs) ?? 0);
        if (refusals < after) return response;
        evidence.forget(request);
        return giveUpOn(response);
      };
    },
  }),
});

/** The refusals of one request in a row, and how many requests of its org had passed before the first of them. */
interface Streak {
  refusals: number;
  waitUntilMs: number;
  readonly orgPasses: number;
}

/** Kinds of request that are remembered to have passed; the oldest makes room. */
const kindsMax = 100_000;

class Evidence {
  private readonly orgPasses = new Map<string, number>();
  private readonly passedKinds = new Set<string>();
  private readonly streaks = new Map<string, Streak>();

  passed(org: string, kind: string, request: string): void {
    this.orgPasses.set(org, (this.orgPasses.get(org) ?? 0) + 1);
    this.streaks.delete(request);
    if (this.passedKinds.has(kind)) return;
    if (this.passedKinds.size >= kindsMax) this.passedKinds.delete(this.passedKinds.values().next().value ?? '');
    this.passedKinds.add(kind);
  }

  /** How many refusals in a row speak for hopelessness; 0 while congestion may explain them. */
  refused(org: string, kind: string, request: string, nowMs: number, waitMs: number): number {
    const orgPasses = this.orgPasses.get(org) ?? 0;
    const streak = this.streaks.get(request) ?? { refusals: 0, waitUntilMs: -Infinity, orgPasses };
    this.streaks.set(request, streak);
    // Who comes earlier than told is refused for that reason, which proves nothing.
    if (nowMs >= streak.waitUntilMs) {
      streak.refusals += 1;
      streak.waitUntilMs = nowMs + waitMs;
    }
    return orgPasses > streak.orgPasses && !this.passedKinds.has(kind) ? streak.refusals : 0;
  }

  forget(request: string): void {
    this.streaks.delete(request);
  }
}

/** Token, method and path without query: what a permission is given for. */
function kindOf({ org, token }: RequestIdentity, input: string | URL | Request, init: RequestInit | undefined): string {
  const method = init?.method ?? (typeof input === 'string' || input instanceof URL ? 'GET' : input.method);
  return `${org} ${token} ${method} ${urlOf(input).split('?', 1)[0]}`;
}

function urlOf(input: string | URL | Request): string {
  return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}
