/**
 * The four servers that `bench/gateway.ts` compares, each for a process of its own. All of them answer one GET with the same body, and none
 * of them ever rejects: what is measured is the price of deciding.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import fastify from 'fastify';
import fastifyRateLimit from '@fastify/rate-limit';
import { type Caller, startGateway } from '../../src/doors/gateway.ts';

/** What is asked for. */
export const PATH = '/api/v2/users/me';
/** Tokens in use, five of each of ten clients. */
export const TOKENS = 50;
/** So high that nothing is rejected. */
const MOST = 1_000_000_000;
const DAY_MS = 86_400_000;

/** The answer that all give, as the gateway gave it once. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn, without those that Node adds by itself. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A server that listens. */
export interface Running {
  readonly url: string;
  /** Requests that each limit has counted, by its name; empty where there is none to ask. */
  readonly counted: () => Readonly<Record<string, number>>;
}

/** Names of the servers, in the order of the table. */
export const SERVERS = ['gateway', 'node:http', 'fastify', 'express'] as const;

/** One of {@link SERVERS}. */
export type ServerName = (typeof SERVERS)[number];

/** The token of a connection. */
export function tokenOf(index: number): string {
  return `token-${index}`;
}

/** Starts one of them. */
export function start(name: ServerName, answer: Answer): Promise<Running> {
  switch (name) {
    case 'gateway':
      return startRatelab();
    case 'node:http':
      return startBare(answer);
    case 'fastify':
      return startFastify(answer);
    case 'express':
  }
  return startExpress(answer);
}

/** Four limits by four scopes, of three algorithms; a request of the bench is counted by all of them. */
export function fourLimits(): Record<string, unknown> {
  return {
    name: 'four-limits',
    limits: [
      { name: 'token', scope: ['token'], algorithm: { kind: 'fixed-window', limit: MOST, windowMs: DAY_MS } },
      { name: 'org', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: MOST, refillPerSecond: 1 } },
      {
        name: 'client',
        scope: ['org', 'client', 'user'],
        algorithm: { kind: 'sliding-window-counter', limit: MOST, windowMs: DAY_MS },
      },
      {
        name: 'route',
        scope: ['org', 'route'],
        match: { methods: ['GET'], paths: ['/api/v2/users/*'] },
        algorithm: { kind: 'fixed-window', limit: MOST, windowMs: DAY_MS },
      },
    ],
  };
}

async function startRatelab(): Promise<Running> {
  const policy = fourLimits();
  const { url, platform } = await startGateway({
    policy,
    latency: false,
    callers: Array.from({ length: TOKENS }, (_, index) => callerOf(index)),
  });
  const { limits } = platform.gateway.policy;
  const countedBy = (limit: string): number =>
    platform.gateway
      .levels(limit, platform.time.nowMs)
      .reduce((sum, { capacity, free }) => sum + Math.ceil(capacity - free), 0);
  return { url, counted: () => Object.fromEntries(limits.map(({ name }) => [name, countedBy(name)])) };
}

/** Ten organizations with one client each, and five tokens of each client. */
function callerOf(index: number): Caller {
  const org = `org-${index % 10}`;
  const client = `client-of-${org}`;
  const ip = '127.0.0.1';
  return { org, client, token: tokenOf(index), user: client, app: 'app', ip, tier: 'standard', permitted: true };
}

function startBare({ status, headers, body }: Answer): Promise<Running> {
  const server = createServer((_, outgoing) => {
    outgoing.writeHead(status, headers as string[]);
    outgoing.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(running((server.address() as AddressInfo).port)));
  });
}

async function startFastify({ status, body }: Answer): Promise<Running> {
  const server = fastify();
  await server.register(fastifyRateLimit, {
    max: MOST,
    timeWindow: DAY_MS,
    keyGenerator: ({ headers }) => String(headers.authorization),
  });
  const said: unknown = JSON.parse(body);
  server.get(PATH, (_, reply) => reply.code(status).send(said));
  await server.listen({ port: 0, host: '127.0.0.1' });
  return running((server.server.address() as AddressInfo).port);
}

function startExpress({ status, body }: Answer): Promise<Running> {
  const server = express();
  server.use(
    rateLimit({ limit: MOST, windowMs: DAY_MS, keyGenerator: ({ headers }) => String(headers.authorization) }),
  );
  const said: unknown = JSON.parse(body);
  server.get(PATH, (_, response) => {
    response.status(status).json(said);
  });
  return new Promise((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      resolve(running((listening.address() as AddressInfo).port));
    });
  });
}

function running(port: number): Running {
  return { url: `http://127.0.0.1:${port}`, counted: () => ({}) };
}
