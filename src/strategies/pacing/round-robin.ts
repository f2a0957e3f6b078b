import { defineStrategy } from '../definition.ts';
import { signalOf } from '../retry/request.ts';
import type { Fetch } from '../strategy.ts';
import { Fifo } from './fifo.ts';

/** What thread 3 tried: "stagger our API calls across organizations using a round-robin approach". */
export const roundRobin = defineStrategy({
  name: 'round-robin',
  title: 'Round-robin over orgs',
  titleOf: ({ concurrency }) => `Round-robin, ${concurrency} at once`,
  family: 'paces',
  what: 'Serves the organizations in turn, one call each, with a set number of calls in progress over all of them.',
  when: 'For fairness: no organization waits behind the whole backlog of another. It bounds calls in progress, not calls a second, so it cures no rate limit by itself.',
  parameters: {
    concurrency: {
      kind: 'integer',
      default: 10,
      unit: 'calls',
      min: 1,
      max: 100_000,
      doc: 'Calls in progress at once, over all organizations.',
    },
  },
  references: [
    'Thread 3: "stagger our API calls across organizations using a round-robin approach"',
    'J. Nagle, On Packet Switches with Infinite Storage, RFC 970, 1985 (fair queueing in turn): https://www.rfc-editor.org/rfc/rfc970',
  ],
  example: 'retry-after+round-robin',
  build: ({ concurrency }) => ({
    pipeline: (fetch, { identify }) => {
      const turns = new Turns(fetch, concurrency);
      return (input, init) => turns.send(identify(input, init).org, input, init);
    },
  }),
});

interface Waiting {
  readonly input: string | URL | Request;
  readonly init: RequestInit | undefined;
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | null;
}

/** Queues by org, served in turn. An org with work stands in `turn` exactly once. */
class Turns {
  private readonly fetch: Fetch;
  private readonly limit: number;
  private readonly queues = new Map<string, Fifo<Waiting>>();
  private readonly turn = new Fifo<string>();
  private inProgress = 0;

  constructor(fetch: Fetch, limit: number) {
    this.fetch = fetch;
    this.limit = limit;
  }

  send(org: string, input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    return new Promise((resolve, reject) => {
      let queue = this.queues.get(org);
      if (queue === undefined) {
        queue = new Fifo();
        this.queues.set(org, queue);
      }
      if (queue.size === 0) this.turn.push(org);
      const signal = signalOf(input, init);
      queue.push({ input, init, resolve, reject, signal });
      // The promise rejects at once; the entry is passed over when its turn comes.
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.serve();
    });
  }

  private serve(): void {
    while (this.inProgress < this.limit) {
      const org = this.turn.shift();
      if (org === undefined) return;
      const queue = this.queues.get(org);
      const next = queue?.shift();
      if (queue !== undefined && queue.size > 0) this.turn.push(org);
      else this.queues.delete(org);
      if (next === undefined) continue;
      if (next.signal?.aborted) next.reject(next.signal.reason);
      else this.start(next);
    }
  }

  private start({ input, init, resolve, reject }: Waiting): void {
    this.inProgress += 1;
    let response: Promise<Response>;
    try {
      response = this.fetch(input, init);
    } catch (error) {
      response = Promise.reject(error);
    }
    response.finally(() => this.end()).then(resolve, reject);
  }

  private end(): void {
    this.inProgress -= 1;
    this.serve();
  }
}
