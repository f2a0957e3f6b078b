/** Servers and plans for the tests of loads: in this process, on loopback, gone after the tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { parsePolicy } from '../../../mock-server/policy.ts';
import type { LoadResults } from '../../results/load-results.ts';
import type { LoadPlan, LoadTarget } from '../plan.ts';
import { runLoad } from '../run-load.ts';
import { parseTarget } from '../target.ts';

/** A server on a free port; resolves with its origin. */
export async function serverThat(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse, number: number) => void,
): Promise<string> {
  let number = 0;
  const server = createServer((incoming, outgoing) => answer(incoming, outgoing, number++));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL as a target. */
export function url(origin: string, tokens: readonly string[] = []): LoadTarget {
  return { kind: 'url', target: parseTarget(origin, []), tokens };
}

/** A policy of one limit as a target, its gateway in this thread and without waiting. */
export function policyOfLimit(limit: Record<string, unknown>, orgs = 1, tokensPerOrg = 1): LoadTarget {
  const policy = parsePolicy(
    { name: 'one-limit', limits: [{ name: 'the-limit', source: 'assumed', ...limit }] },
    'policy',
  );
  return { kind: 'policy', policy, orgs, tokensPerOrg, ownThread: false };
}

/** Runs a load: one connection, closed, ten requests, unless the test says otherwise. */
export function loadOf(
  target: LoadTarget,
  change: Partial<LoadPlan> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<LoadResults> {
  const plan: LoadPlan = {
    target,
    request: { method: 'GET', path: '/api/v2/users/me', headers: [], body: '' },
    connections: 1,
    pipelining: 1,
    rate: null,
    durationMs: 30_000,
    requestsMax: 10,
    timeoutMs: 10_000,
    seed: 1,
    ...change,
  };
  return runLoad({ plan, version: '0.0.0', signal });
}

/** Answers of at least the bin that begins above `ms`. */
export function slowerThan({ histogram }: LoadResults, from: 'intended' | 'sent', ms: number): number {
  return histogram[from].reduce((all, count, index) => all + ((histogram.endsMs[index - 1] ?? 0) >= ms ? count : 0), 0);
}
