/** One decision's headers and body; the gateway renders them when they are first asked for. */
import type { Decision, Gateway, GatewayRequest, RenderedResponse } from '../../mock-server/gateway.ts';

/** What a lazy response, its headers and its clones share. */
export class Rendering {
  readonly #gateway: Gateway;
  readonly #request: GatewayRequest;
  readonly #decision: Decision;
  #rendered: RenderedResponse | null = null;

  constructor(gateway: Gateway, request: GatewayRequest, decision: Decision) {
    this.#gateway = gateway;
    this.#request = request;
    this.#decision = decision;
  }

  /** Everything. */
  full(): RenderedResponse {
    return (this.#rendered ??= this.#gateway.render(this.#request, this.#decision));
  }

  /** The value of one header by lower-case name, or null. Retry-After, which most strategies read, is known without rendering. */
  header(name: string): string | null {
    if (name === 'retry-after' && this.#rendered === null) {
      const decision = this.#decision;
      if (decision.admitted || decision.retryAfterMs === null) return null;
      if (!decision.asHttpDate) return String(Math.ceil(decision.retryAfterMs / 1000));
    }
    let value: string | null = null;
    for (const [candidate, text] of this.full().headers) {
      // Most differ in length already, which spares the conversion.
      if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
      value = value === null ? text : `${value}, ${text}`;
    }
    return value;
  }
}
