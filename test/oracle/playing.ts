/** Playing traffic against a gateway, and checking a law on many seeds. */
import { check, defaultReportMessage, integer, property } from 'fast-check';
import type { Admitted, Gateway, GatewayRequest } from '../../mock-server/gateway.ts';
import { dice, randomGapMs, randomRequest } from './random-traffic.ts';

/** When the stories begin: a Sunday on which America changes its clocks. */
export const START_MS = Date.UTC(2026, 2, 8, 9, 30);

/** Checks a law on `runs` frozen seeds: '' when it holds, else fast-check's report of the smallest seed that breaks it. */
export function lawBreaks(runs: number, breaches: (seed: number) => readonly string[]): string {
  const law = property(integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
    const found = breaches(seed);
    if (found.length > 0) throw new Error(found.slice(0, 5).join('\n'));
  });
  const result = check(law, { seed: 42, numRuns: runs });
  return result.failed ? `${defaultReportMessage(result)}\n${String(result.errorInstance)}` : '';
}

/** The first place where two lists of values differ, as a list of breaches. */
export function differences(first: readonly unknown[], second: readonly unknown[]): string[] {
  const texts = first.map((value) => JSON.stringify(value));
  const others = second.map((value) => JSON.stringify(value));
  const at = texts.findIndex((text, index) => text !== others[index]);
  if (at < 0) return texts.length === others.length ? [] : [`${texts.length} values against ${others.length}`];
  return [`at ${at}: ${texts[at]} against ${others[at]}`];
}

/** Requests in service, ended in the order in which they are due. */
export class Service {
  readonly #gateway: Gateway;
  #open: Admitted[] = [];

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  begin(admission: Admitted): void {
    this.#open.push(admission);
  }

  endUntil(nowMs: number): readonly Admitted[] {
    const dueMs = (admission: Admitted) => admission.nowMs + admission.serviceMs;
    const due = this.#open.filter((one) => dueMs(one) <= nowMs).toSorted((a, b) => dueMs(a) - dueMs(b));
    this.#open = this.#open.filter((one) => dueMs(one) > nowMs);
    for (const one of due) this.#gateway.complete(one, dueMs(one));
    return due;
  }
}

/** What one request of a story got. */
export interface Told {
  readonly admitted: boolean;
  /** Everything visible: the decision, its rendering, the levels of the buckets that are not full. */
  readonly all: unknown;
}

/** Plays a seed's traffic: bursts and long pauses, reused request ids, callers without permission. `before` is called before each request. */
export function story(
  gateway: Gateway,
  seed: number,
  before?: (request: GatewayRequest, nowMs: number) => void,
): readonly Told[] {
  const next = dice(seed + 1);
  const service = new Service(gateway);
  let nowMs = START_MS;
  return Array.from({ length: 120 }, () => {
    nowMs += next() < 0.03 ? 700_000 * next() : randomGapMs(next, Math.floor(nowMs));
    service.endUntil(nowMs);
    const plain = randomRequest(next, 8);
    const caller = next() < 0.1 ? { ...plain.caller, permitted: false } : plain.caller;
    const requestId = next() < 0.5 ? '' : `id-${Math.floor(next() * 4)}`;
    const request = { ...plain, caller, requestId };
    before?.(request, nowMs);
    const decision = gateway.decide(request, nowMs);
    if (decision.admitted) service.begin(decision);
    const levels = gateway.policy.limits.flatMap(({ name }) =>
      gateway.levels(name, nowMs).filter(({ free, capacity }) => free < capacity),
    );
    const visible = { ...decision, org: null, slots: null };
    return { admitted: decision.admitted, all: [visible, gateway.render(request, decision), levels] };
  });
}
