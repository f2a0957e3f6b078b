/** A platform whose clock the test drives, with an operator's door and a way to send to both. */
import { type IncomingMessage, request } from 'node:http';
import { createScaledTime, type ScaledTime } from '../../../src/time/scaled-time.ts';
import type { Caller } from '../../gateway.ts';
import { createPlatform, type Platform } from '../../platform.ts';
import { parsePolicy } from '../../policy.ts';
import { type OperatorDoor, serveOperator } from '../door.ts';

/** Noon, so that seconds and minutes are whole. */
export const START_MS = Date.UTC(2026, 2, 2, 12);

/** Two limits: five at once per organization and one a second; eight per token and minute. */
export const smallPolicy = {
  name: 'small',
  title: 'A small one',
  limits: [
    {
      name: 'per-org',
      scope: ['org'],
      algorithm: { kind: 'token-bucket', capacity: 5, refillPerSecond: 1 },
      source: 'assumed',
    },
    {
      name: 'per-token',
      scope: ['org', 'token'],
      algorithm: { kind: 'fixed-window', limit: 8, windowMs: 60_000, anchor: 'first-request' },
      source: 'assumed',
    },
  ],
};

/** A caller of an organization; its token is a secret that must show up nowhere. */
export function callerOf(org: string, client = 'client'): Caller {
  const token = `secret-${org}-${client}`;
  return { org, client, token, user: 'user', app: 'app', ip: '127.0.0.1', tier: 'standard', permitted: true };
}

/** A platform and its parts. */
export interface Operated {
  readonly platform: Platform;
  readonly time: ScaledTime;
  /** Sends a request; its status, once it has been answered. */
  readonly send: (caller: Caller, target?: string) => Promise<number>;
}

/** Makes a platform at which time stands still; every answer comes at once unless `latency`. */
export function operated(
  callers: readonly Caller[],
  policy: Record<string, unknown> = smallPolicy,
  latency = false,
): Operated {
  const time = createScaledTime({ speed: 0, startsAtMs: START_MS });
  const platform = createPlatform({ policy: parsePolicy(policy), random: () => 0.5, time, callers, latency });
  return {
    platform,
    time,
    send: (caller, target = '/api/v2/users') =>
      new Promise((resolve) => {
        const headers = { authorization: `Bearer ${caller.token}` };
        platform.handle({ method: 'GET', target, headers, body: '', ip: '127.0.0.1' }, ({ status }) => resolve(status));
      }),
  };
}

/** A key that is no secret. */
export const KEY = 'the-key-of-the-tests-0123456789';

/** Opens the door of a platform; `wall` is its real time, driven by the test. */
export async function doorOf({ platform, time }: Operated): Promise<{ door: OperatorDoor; wall: ScaledTime }> {
  const wall = createScaledTime({ speed: 0 });
  const door = await serveOperator({ platform, time, wall, key: KEY, gatewayUrl: 'http://127.0.0.1:1' });
  return { door, wall };
}

/** An answer of the door. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends with the key unless `authorization` or a cookie is given. */
export function ask(
  { port }: OperatorDoor,
  method: string,
  path: string,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): Promise<Heard> {
  const auth = 'authorization' in headers || 'cookie' in headers ? {} : { authorization: `Bearer ${KEY}` };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, path, agent: false, headers: { ...auth, ...headers } });
    outgoing.on('error', reject).on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
      incoming.on('error', reject);
    });
    outgoing.end(body);
  });
}
