/** Whether anybody answers: a server that is not there, or does not let an identity in, is not worth a budget. */
import type { Identity } from './black-box.ts';
import type { ProbeEvent } from './record.ts';

/** Probes in a row without an answer after which nobody is there: at the start, for a reason that does not pass; at the start; and later. */
const FAILED_MAX = { certain: 3, start: 10, later: 50 } as const;

/** Errors at the start after which nothing else is expected. */
const EMPTY_MAX = 50;

const CERTAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'no such host is known',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (http instead of https?)',
};

/** See the head of this file. */
export class Reach {
  readonly #identities: readonly Identity[];
  readonly #seen = new Set<number>();
  #answered = false;
  #failed = 0;
  #code = '';
  #notLetIn: string | null = null;
  /** Answers so far that told nothing, while none told anything. */
  #empty = 0;
  #told = false;
  #status = 0;

  constructor(identities: readonly Identity[]) {
    this.#identities = identities;
  }

  /** A probe got no answer; the error's text is left alone, as it may hold what is secret. */
  failed(error: unknown): void {
    const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
    const found = cause?.code ?? code;
    this.#code = typeof found === 'string' ? found : '';
  }

  note({ identity, status, outcome }: ProbeEvent): void {
    if (status === 0) {
      this.#failed += 1;
      return;
    }
    this.#failed = 0;
    this.#answered = true;
    if (status === 401 && !this.#seen.has(identity)) {
      const name = this.#identities[identity]?.name ?? String(identity);
      this.#notLetIn ??= `identity ${name} must be let in, but its first request was answered 401 (is its token right?)`;
    }
    this.#seen.add(identity);
    this.#told ||= outcome !== 'unknown';
    this.#empty += this.#told ? 0 : 1;
    this.#status = status;
  }

  /** Why it is not worth to go on; null: it is. */
  get lost(): string | null {
    if (this.#notLetIn !== null) return this.#notLetIn;
    if (!this.#told && this.#empty >= EMPTY_MAX)
      return `its answers must tell something of limits, but the first ${this.#empty} were all errors (last ${this.#status})`;
    const certain = CERTAIN[this.#code];
    const most = this.#answered ? FAILED_MAX.later : certain === undefined ? FAILED_MAX.start : FAILED_MAX.certain;
    if (this.#failed < most) return null;
    const why = certain ?? (this.#code === '' ? 'no answer came in time' : this.#code);
    return this.#answered ? `it stopped answering: ${why}` : `it must answer, but ${why}`;
  }
}
