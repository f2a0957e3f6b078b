/**
 * `ratelab/gateway`: the simulated platform, with real time and dice put in. The gateway itself is in `mock-server/` and is handed both;
 * this is where a program gets one that is ready.
 */
import { createPlatform, type Platform } from '../../mock-server/platform.ts';
import { type HttpServer, type HttpServerOptions, serve } from '../../mock-server/http-server.ts';
import type { RegisteredClient } from '../../mock-server/clients.ts';
import type { Caller } from '../../mock-server/gateway.ts';
import { parsePolicy, type Policy } from '../../mock-server/policy.ts';
import { policies } from '../../mock-server/policies/index.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import { createScaledTime, type ScaledTime } from '../time/scaled-time.ts';

export * from '../../mock-server/index.ts';
export { openOperatorDoor, type OpenOperatorDoorOptions, type OperatorDoor } from './operator.ts';
export type { RegisteredClient } from '../../mock-server/clients.ts';
export type { HttpServer, HttpServerOptions } from '../../mock-server/http-server.ts';

/** Options of {@link startGateway}. */
export interface StartGatewayOptions {
  /** A policy by name (`documented-platform`), loose, or parsed. */
  readonly policy: string | Policy | Record<string, unknown>;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** Fixes service times, hints and data. Default 1. */
  readonly seed?: number;
  /** Scaled ms per real ms; 0: the clock stands until {@link ScaledTime.advance}. Default 1. */
  readonly speed?: number;
  /** Epoch ms that the gateway's clock shows at first. Default: the wall's. */
  readonly startsAtMs?: number;
  /** Callers whose tokens are known from the start. Default: none. */
  readonly callers?: readonly Caller[];
  /** OAuth clients that may sign in. Default: every id with a secret; `id@org` belongs to the organization `org`, an id alone to `default-org`. */
  readonly clients?: readonly RegisteredClient[];
  /** How often a client may sign in, loose or parsed; null: as often as it likes. Default: ten in a row and forty a minute, answered 400 beyond that. */
  readonly signInPolicy?: Policy | Record<string, unknown> | null;
  /** False: every answer comes at once, whatever the policy says. Default true. */
  readonly latency?: boolean;
  /** Is handed what failed inside the simulation; the client is answered 500 all the same. Default: nobody is. */
  readonly onFault?: (error: unknown) => void;
  /** Timeouts and bounds of the HTTP server. */
  readonly http?: Omit<HttpServerOptions, 'host' | 'port' | 'realTime'>;
}

/** A gateway that listens. */
export interface StartedGateway extends HttpServer {
  readonly platform: Platform;
  readonly time: ScaledTime;
}

/**
 * Starts the simulated platform as an HTTP server.
 *
 * @throws (rejects) PolicyError for a policy with faults, RangeError for an unknown name or wrong numbers, the system's error for a port that cannot be had.
 */
export async function startGateway(options: StartGatewayOptions): Promise<StartedGateway> {
  const { host, port, seed = 1, speed, startsAtMs, http } = options;
  const policy = policyOf(options.policy);
  const { callers, clients, latency, onFault, signInPolicy } = options;
  const random = createRandomSource(seed);
  const time = createScaledTime({
    ...(speed === undefined ? {} : { speed }),
    ...(startsAtMs === undefined ? {} : { startsAtMs }),
  });
  const platform = createPlatform({
    policy,
    random: (stream, entity, index) => random.at(stream, entity, index),
    time,
    ...(callers === undefined ? {} : { callers }),
    ...(clients === undefined ? {} : { clients }),
    ...(latency === undefined ? {} : { latency }),
    ...(onFault === undefined ? {} : { onFault }),
    ...(signInPolicy === undefined ? {} : { signInPolicy: signInPolicy && parsePolicy(signInPolicy, 'signInPolicy') }),
  });
  const realTime = createScaledTime();
  const server = await serve(platform, {
    ...http,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    realTime,
  });
  return {
    ...server,
    platform,
    time,
    close: async (graceMs) => {
      await server.close(graceMs);
      realTime.stop();
      time.stop();
    },
  };
}

/** A policy by name, loose or parsed. Parsed ones pass through the parser unchanged. */
export function policyOf(policy: StartGatewayOptions['policy']): Policy {
  if (typeof policy !== 'string') return parsePolicy(policy, 'policy');
  if (Object.hasOwn(policies, policy)) return parsePolicy(policies[policy], policy);
  const names = Object.keys(policies).join(', ');
  throw new RangeError(`Cannot find policy: name must be one of ${names}, current value is ${policy}`);
}
