import type { Dispatcher } from 'undici';
import type { Fetch } from '../strategy.ts';
import { defineLibrary } from './library.ts';
import { partsOf, remembering, type RequestParts, responseFrom, wireHeaders } from './parts.ts';

/** The client inside Node, with its RetryAgent. */
export const undici = defineLibrary({
  name: 'undici',
  title: 'undici RetryAgent',
  family: 'reacts',
  packages: ['undici'],
  what: "undici's RetryAgent: up to five retries of idempotent requests, after Retry-After but never more than 30 s, else 0.5 s, 1 s, 2 s and so on. POST is not retried.",
  when: 'For GETs, where Retry-After stays below 30 s: of a longer one it waits 30 s only.',
  parameters: {
    retries: { kind: 'integer', default: 5, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    maxTimeoutMs: {
      kind: 'number',
      default: 30_000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Longest wait, whatever Retry-After says.',
    },
  },
  references: ['https://undici.nodejs.org/#/docs/api/RetryAgent'],
  load: () => import('undici'),
  around:
    ({ Dispatcher: Base, errors, request, RetryAgent }, { retries, maxTimeoutMs }) =>
    (fetch) =>
    async (input, init) => {
      const parts = await partsOf(input, init);
      const { fetch: send, last } = remembering(fetch);
      const network = new Base();
      network.dispatch = (_options, handler) => {
        void exchange(send, parts, handler);
        return true;
      };
      try {
        const { statusCode, headers, body } = await request(parts.url, {
          dispatcher: new RetryAgent(network, { maxRetries: retries, maxTimeout: maxTimeoutMs }),
          method: parts.method,
          headers: parts.headers,
          ...(parts.body === undefined ? {} : { body: parts.body }),
          ...(parts.signal === undefined ? {} : { signal: parts.signal }),
        });
        return responseFrom({ status: statusCode, headers, body: await body.arrayBuffer() });
      } catch (error) {
        const refusal = last();
        if (error instanceof errors.RequestRetryError && refusal !== null) return refusal;
        throw error;
      }
    },
});

/** One attempt: the handler is told what a connection would tell it. A client that paused it gets nothing until it resumes. */
async function exchange(fetch: Fetch, parts: RequestParts, handler: Dispatcher.DispatchHandler): Promise<void> {
  const control = new Control();
  try {
    handler.onRequestStart?.(control, {});
    const { url, method, headers, body } = parts;
    const response = await fetch(url, {
      method,
      headers,
      signal: control.signal,
      ...(body === undefined ? {} : { body }),
    });
    handler.onResponseStart?.(control, response.status, wireHeaders(response), response.statusText);
    const bytes = Buffer.from(await response.arrayBuffer());
    await control.resumed();
    if (bytes.length > 0) handler.onResponseData?.(control, bytes);
    await control.resumed();
    handler.onResponseEnd?.(control, {});
  } catch (error) {
    handler.onResponseError?.(control, control.reason ?? (error as Error));
  }
}

class Control implements Dispatcher.DispatchController {
  readonly #abort = new AbortController();
  #resume: (() => void) | null = null;
  #paused: Promise<void> | null = null;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  get paused(): boolean {
    return this.#paused !== null;
  }

  get reason(): Error | null {
    return this.aborted ? (this.#abort.signal.reason as Error) : null;
  }

  abort(reason: Error): void {
    this.#abort.abort(reason);
    this.resume();
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume?.();
    this.#paused = null;
    this.#resume = null;
  }

  /** Settles when it is not paused; throws once it is aborted. */
  async resumed(): Promise<void> {
    while (this.#paused !== null) await this.#paused;
    this.#abort.signal.throwIfAborted();
  }
}
