/** Servers on loopback that limit rates, ours and others', to be discovered over real HTTP. */
import fastifyRateLimit from '@fastify/rate-limit';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import Fastify from 'fastify';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startGateway } from '../../src/doors/gateway.ts';
import type { BlackBox, Identity } from '../../src/discovery/black-box.ts';
import { discover, type DiscoverOptions, type Findings } from '../../src/discovery/discover.ts';
import type { ProbeEvent } from '../../src/discovery/record.ts';
import { createProbingFetch } from '../../src/discovery/target-fetch.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';

/** Something that answers on loopback. */
export interface Served {
  readonly url: string;
  readonly identities: readonly Identity[];
}

/** Closes what was started. */
export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map(async (close) => close()));
}

const closers: (() => unknown)[] = [];

const nobody: Identity = { name: 'anybody', labels: {}, headers: {} };

/** Our own gateway, with two organizations of one client each. */
export async function gatewayOf(limit: Record<string, unknown>): Promise<Served> {
  const orgs = ['a', 'b'];
  const callers = orgs.map((org) => ({
    org,
    client: org,
    token: org,
    user: org,
    app: 'app',
    ip: '127.0.0.1',
    tier: 'standard',
    permitted: true,
  }));
  const gateway = await startGateway({
    policy: { name: 'wire', limits: [{ name: 'l', scope: ['org'], source: 'assumed', ...limit }] },
    callers,
    latency: false,
  });
  closers.push(() => gateway.close(0));
  const identities = orgs.map((org) => ({ name: org, labels: { org }, headers: { authorization: `Bearer ${org}` } }));
  return { url: gateway.url, identities };
}

/** express-rate-limit: a fixed window that opens with the first request. */
export function expressRateLimit(limit: number, windowMs: number): Promise<Served> {
  const app = express();
  app.use(rateLimit({ limit, windowMs, validate: false }));
  app.use((_, outgoing) => void outgoing.send('ok'));
  return served(app as RequestListener);
}

/** fastify/rate-limit: a fixed window that opens with the first request. */
export async function fastifyLimit(max: number, timeWindow: number): Promise<Served> {
  const app = Fastify();
  await app.register(fastifyRateLimit, { max, timeWindow });
  app.get('/things', () => 'ok');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => app.close());
  return { url, identities: [nobody] };
}

async function served(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, identities: [nobody] };
}

/** Discovers over real HTTP within seconds. */
export async function discoverOverHttp(
  { url, identities }: Served,
  options: Partial<DiscoverOptions> = {},
): Promise<{ readonly findings: Findings; readonly events: readonly ProbeEvent[] }> {
  const clock = createSystemClock();
  const box: BlackBox = {
    fetch: createProbingFetch(globalThis.fetch, clock, 5000),
    clock,
    baseUrl: url,
    identities,
    routes: [{ name: 'GET /things', method: 'GET', path: '/things', headers: {}, body: '' }],
  };
  const events: ProbeEvent[] = [];
  const findings = await discover(box, {
    budget: { requests: 4000, rejections: 2000, timeMs: 80_000 },
    inFlight: 16,
    defy: true,
    exclusion: { requests: 80, overMs: 2000 },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { findings, events };
}
