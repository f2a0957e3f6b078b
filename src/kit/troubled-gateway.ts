/** Troubles that no limit of a policy makes: outages, and single refusals with a Retry-After of any kind. */
import type { Admitted, Decision, Gateway, GatewayRequest, Rejected } from '../../mock-server/gateway.ts';

/**
 * What a Retry-After says: `absent` (no header), whole seconds (`0`, `7`), an HTTP date that many seconds ahead, rounded up to what it can name
 * (`date+7`), or any other text, which stands in the header as it is (`soon`, `1.5`).
 */
export type RetryAfterText = string;

/** A trouble. Times are ms from the trial's start. */
export type Trouble =
  /** Every request from `fromMs` to before `toMs` is answered 503. */
  | {
      readonly kind: 'outage';
      readonly fromMs: number;
      readonly toMs: number;
      readonly retryAfter: RetryAfterText;
    }
  /** The `request`-th request of the trial, from 1, is answered 429, whatever the limits say. */
  | { readonly kind: 'refusal'; readonly request: number; readonly retryAfter: RetryAfterText };

/** Names of the causes that troubles add, after the gateway's own. */
const CAUSES = ['outage', 'refusal'];

/** The gateway, with troubles in front of it. What a trouble refuses charges no bucket. */
export function troubledGateway(gateway: Gateway, startsAtMs: number, troubles: readonly Trouble[]): Gateway {
  return troubles.length === 0 ? gateway : new TroubledGateway(gateway, startsAtMs, troubles);
}

class TroubledGateway implements Gateway {
  readonly policy: Gateway['policy'];
  readonly causes: readonly string[];
  readonly #gateway: Gateway;
  readonly #startsAtMs: number;
  readonly #troubles: readonly Trouble[];
  readonly #textByDecision = new WeakMap<Decision, string>();
  #requests = 0;

  constructor(gateway: Gateway, startsAtMs: number, troubles: readonly Trouble[]) {
    this.policy = gateway.policy;
    this.causes = [...gateway.causes, ...CAUSES];
    this.#gateway = gateway;
    this.#startsAtMs = startsAtMs;
    this.#troubles = troubles;
  }

  get bucketCount(): number {
    return this.#gateway.bucketCount;
  }

  decide(request: GatewayRequest, nowMs: number): Decision {
    this.#requests += 1;
    const trouble = this.#troubleAt(nowMs, this.#requests);
    return trouble === undefined ? this.#gateway.decide(request, nowMs) : this.#refuse(trouble, nowMs);
  }

  wouldAdmit(request: GatewayRequest, nowMs: number): boolean {
    return this.#troubleAt(nowMs, this.#requests + 1) === undefined && this.#gateway.wouldAdmit(request, nowMs);
  }

  complete(admission: Admitted, nowMs: number): void {
    this.#gateway.complete(admission, nowMs);
  }

  render(...parameters: Parameters<Gateway['render']>): ReturnType<Gateway['render']> {
    const [, decision] = parameters;
    const rendered = this.#gateway.render(...parameters);
    const text = this.#textByDecision.get(decision);
    if (text === undefined) return rendered;
    const others = rendered.headers.filter(([name]) => name.toLowerCase() !== 'retry-after');
    return { ...rendered, headers: [...others, ['Retry-After', text]] };
  }

  levels(...parameters: Parameters<Gateway['levels']>): ReturnType<Gateway['levels']> {
    return this.#gateway.levels(...parameters);
  }

  #troubleAt(nowMs: number, request: number): Trouble | undefined {
    const atMs = nowMs - this.#startsAtMs;
    return this.#troubles.find((trouble) =>
      trouble.kind === 'outage' ? trouble.fromMs <= atMs && atMs < trouble.toMs : trouble.request === request,
    );
  }

  #refuse({ kind, retryAfter }: Trouble, nowMs: number): Rejected {
    const cause = this.causes.length - CAUSES.length + CAUSES.indexOf(kind);
    const decision: Rejected = {
      admitted: false,
      status: kind === 'outage' ? 503 : 429,
      cause,
      // Whatever is told is rendered, as a text that is no number of seconds could not be told otherwise.
      retryAfterMs: retryAfter === 'absent' ? null : 0,
      asHttpDate: true,
      rate: null,
      nowMs,
    };
    if (retryAfter !== 'absent') this.#textByDecision.set(decision, headerText(retryAfter, nowMs));
    return decision;
  }
}

function headerText(retryAfter: RetryAfterText, nowMs: number): string {
  const ahead = /^date\+(\d+)$/.exec(retryAfter)?.[1];
  if (ahead === undefined) return retryAfter;
  return new Date(Math.ceil(nowMs / 1000 + Number(ahead)) * 1000).toUTCString();
}
