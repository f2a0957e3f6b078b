/** A world of resources for tests: asks an operation as the platform would, without tokens, limits or sockets. */
import { createRandomSource } from '../../../src/random/keyed-random.ts';
import type { Caller } from '../../gateway.ts';
import { parsePolicy, type Policy } from '../../policy.ts';
import { documentedPlatformPolicy } from '../../policies/documented-platform.ts';
import { createOperations } from '../index.ts';
import { type Call, type Operation, ReplyError } from '../resource.ts';
import { Router } from '../router.ts';

/** 2026-03-04, 09:00 UTC. */
export const STARTS_AT_MS = Date.UTC(2026, 2, 4, 9);

/** What a test sends beside method and target. */
export interface Sent {
  readonly body?: unknown;
  readonly org?: string;
  readonly user?: string;
  readonly tier?: string;
  readonly nowMs?: number;
}

/** What came back. `body` is what a client reads after JSON. */
export interface Received {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads bodies as a client of any language would
  readonly body: any;
}

/** One platform's resources. */
export interface World {
  readonly operations: readonly Operation[];
  /** Sends a request; a method and path that no operation answers gives status 0. */
  ask(method: string, target: string, sent?: Sent): Received;
  /** How many items a request would be charged for. */
  itemsOf(method: string, target: string, sent?: Sent): number;
}

/** A fresh world of a seed. */
export function createWorld(seed = 1, policy: Policy = parsePolicy(documentedPlatformPolicy)): World {
  const source = createRandomSource(seed);
  const operations = createOperations({
    random: (stream, entity, index) => source.at(stream, entity, index),
    startsAtMs: STARTS_AT_MS,
    policy: () => policy,
  });
  const router = new Router(operations);
  const found = (method: string, target: string, sent: Sent) => {
    const [path = '', query = ''] = target.split('?', 2);
    const match = router.find(method, path);
    return match === null ? null : { operation: match.operation, call: callOf(sent, match.parameters, query) };
  };
  return {
    operations,
    ask(method, target, sent = {}) {
      const match = found(method, target, sent);
      if (match === null) return { status: 0, body: null };
      try {
        const { status, body, text = JSON.stringify(body) } = match.operation.handle(match.call);
        return { status, body: text === undefined ? undefined : JSON.parse(text) };
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        return { status: error.status, body: { code: error.code, message: error.message } };
      }
    },
    itemsOf(method, target, sent = {}) {
      const match = found(method, target, sent);
      return match?.operation.items?.(match.call) ?? 1;
    },
  };
}

function callOf(sent: Sent, parameters: Call['parameters'], query: string): Call {
  const caller: Caller = {
    org: sent.org ?? 'acme',
    client: 'client',
    token: 'token',
    user: sent.user ?? 'user',
    app: '',
    ip: '127.0.0.1',
    tier: sent.tier ?? 'standard',
    permitted: true,
  };
  const { body } = sent;
  return {
    caller,
    parameters,
    query: new URLSearchParams(query),
    body: body === undefined ? undefined : JSON.parse(JSON.stringify(body)),
    nowMs: sent.nowMs ?? STARTS_AT_MS,
  };
}
