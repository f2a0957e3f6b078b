/**
 * The platform and the client protocol of "Exponential Backoff and Jitter" (M. Brooker, 2015): a row with a version, and clients that read it
 * and write it back under optimistic concurrency control. Written from the model's description.
 */
import type { Admitted, Decision, Gateway, GatewayRequest, RenderedResponse } from '../../mock-server/gateway.ts';
import type { Policy } from '../../mock-server/policy.ts';
import type { Scenario } from '../scenario.ts';

/**
 * Virtual ms that stand for one published ms. A client's timers count whole ms (Node's rule), the published model counts continuously;
 * with as many real ms as published ones that alone costs 1 % more calls.
 */
export const STRETCH = 1000;

/** One-way delay of a message, published ms: |Normal(mean, standard deviation)|. */
const NETWORK = { meanMs: 10, standardDeviationMs: 2 } as const;

/** A write of another version than the row's is refused for this cause. */
const CONFLICT = 'conflict';

/** A row with a version: a GET tells it, a PUT passes when nobody has written since the caller's GET. Neither takes time. */
export class ContendedRow implements Gateway {
  readonly policy: Policy;
  readonly causes = [CONFLICT];
  readonly bucketCount = 1;
  #version = 0;
  readonly #readByToken = new Map<string, number>();

  constructor(policy: Policy) {
    this.policy = policy;
  }

  decide(request: GatewayRequest, nowMs: number): Decision {
    if (!this.wouldAdmit(request)) {
      return { admitted: false, status: 429, cause: 0, retryAfterMs: null, asHttpDate: false, rate: null, nowMs };
    }
    if (request.method === 'GET') this.#readByToken.set(request.caller.token, this.#version);
    else this.#version += 1;
    return { admitted: true, serviceMs: 0, rate: null, nowMs };
  }

  wouldAdmit({ method, caller }: GatewayRequest): boolean {
    return method === 'GET' || this.#readByToken.get(caller.token) === this.#version;
  }

  complete(_admission: Admitted, _nowMs: number): void {
    // Nothing is held while a request is in service.
  }

  render(_request: GatewayRequest, decision: Decision): RenderedResponse {
    const headers = [['Content-Type', 'application/json']] as const;
    if (decision.admitted) return { status: 200, headers, body: '{"ok":true}' };
    return { status: decision.status, headers, body: `{"code":"${CONFLICT}"}` };
  }

  levels(): readonly [] {
    return [];
  }
}

/** Reads the row, writes it back, and answers what the write was answered: two requests, four messages on the network. */
export const readThenWrite: NonNullable<Scenario['client']> = (fetch, { clock, random, identify }) => {
  const diceByJob = new Map<string, ReturnType<typeof random.stream>>();
  const diceOf = (job: string) => {
    const dice = diceByJob.get(job) ?? random.stream('network', job);
    diceByJob.set(job, dice);
    return dice;
  };
  return async (input, init) => {
    const dice = diceOf(identify(input, init).job);
    const messages = (count: number) => {
      let delayMs = 0;
      for (let sent = 0; sent < count; sent++) {
        delayMs += STRETCH * Math.abs(dice.normal(NETWORK.meanMs, NETWORK.standardDeviationMs));
      }
      return new Promise<void>((resolve) => clock.setTimer(resolve, delayMs));
    };
    await messages(1);
    await fetch(input, { ...init, method: 'GET' });
    await messages(2);
    const response = await fetch(input, init);
    await messages(1);
    return response;
  };
};
