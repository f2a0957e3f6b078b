/**
 * `ratelab/msw`: the simulated platform inside unit tests. `setupServer(...gatewayHandlers('documented-platform'))`, and the real host names answer
 * fetch, axios and the official SDK, in real time or in that of fake timers.
 */
import type { HttpHandler } from 'msw';
import type { RegisteredClient } from '../../mock-server/clients.ts';
import type { Caller } from '../../mock-server/gateway.ts';
import { mswHandlers, type MswHandlerOptions } from '../../mock-server/msw-handlers.ts';
import { createPlatform, type Platform } from '../../mock-server/platform.ts';
import { parsePolicy } from '../../mock-server/policy.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import { createFollowedTime } from '../time/followed-time.ts';
import { policyOf, type StartGatewayOptions } from './gateway.ts';

export type { RegisteredClient } from '../../mock-server/clients.ts';
export type { DecisionEvent, Platform } from '../../mock-server/platform.ts';
export type { MswHandlerOptions } from '../../mock-server/msw-handlers.ts';

/** A policy by name (`documented-platform`), loose, or parsed. */
export type AnyPolicy = StartGatewayOptions['policy'];

/** How a gateway in a unit test is made. */
export interface TestGatewaySettings {
  /** Fixes service times, hints and data. Default 1. */
  readonly seed?: number;
  /** True: answers take the time that the policy says, by `setTimeout`. Default false: every answer comes at once, and nothing is ever in service. */
  readonly latency?: boolean;
  /** Callers whose tokens are known from the start. Default: none. */
  readonly callers?: readonly Caller[];
  /** OAuth clients that may sign in. Default: every id with a secret; `id@org` belongs to the organization `org`, an id alone to `default-org`. */
  readonly clients?: readonly RegisteredClient[];
  /** How often a client may sign in, loose or parsed; null: as often as it likes. Default: ten in a row and forty a minute, answered 400 beyond that. */
  readonly signInPolicy?: StartGatewayOptions['signInPolicy'];
}

/** Options of {@link createTestGateway}. */
export interface TestGatewayOptions extends TestGatewaySettings {
  readonly policy: AnyPolicy;
}

/** Options of {@link gatewayHandlers}; the settings hold where it makes the gateway itself. */
export interface GatewayHandlersOptions extends MswHandlerOptions, TestGatewaySettings {}

/**
 * A gateway for unit tests, whose time is that of `Date` and `setTimeout` at the moment. Between tests, `reset()` empties its buckets
 * and takes up the date anew.
 *
 * @throws PolicyError for a policy with faults, RangeError for an unknown name or seed.
 */
export function createTestGateway(options: TestGatewayOptions): Platform {
  const { policy, seed = 1, latency = false, callers = [], clients = [], signInPolicy } = options;
  const random = createRandomSource(seed);
  const time = createFollowedTime();
  const platform = createPlatform({
    policy: policyOf(policy),
    random: (stream, entity, index) => random.at(stream, entity, index),
    time,
    callers,
    clients,
    latency,
    ...(signInPolicy === undefined ? {} : { signInPolicy: signInPolicy && parsePolicy(signInPolicy, 'signInPolicy') }),
  });
  time.restart();
  const reset = platform.reset.bind(platform);
  platform.reset = () => {
    // The next test may set its clock to an earlier date; a request still in service belongs to the old gateway, whose time must not go back.
    if (platform.inService === 0) time.restart();
    reset();
  };
  return platform;
}

/**
 * Handlers for `setupServer(...)` of `msw/node`.
 *
 * @param gateway one of {@link createTestGateway} or `startGateway`, or a policy to make one of.
 * @throws as {@link createTestGateway} does.
 */
export function gatewayHandlers(
  gateway: Platform | { readonly platform: Platform } | AnyPolicy,
  options: GatewayHandlersOptions = {},
): HttpHandler[] {
  return mswHandlers(platformOf(gateway, options), options);
}

function platformOf(gateway: Parameters<typeof gatewayHandlers>[0], settings: TestGatewaySettings): Platform {
  if (isPlatform(gateway)) return gateway;
  if (typeof gateway === 'object' && 'platform' in gateway && isPlatform(gateway.platform)) return gateway.platform;
  return createTestGateway({ ...settings, policy: gateway });
}

function isPlatform(value: unknown): value is Platform {
  return typeof value === 'object' && value !== null && 'handle' in value && typeof value.handle === 'function';
}
