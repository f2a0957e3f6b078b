/** Whatever a user's module makes of a fetch, as a fetch: a function of the same shape, an axios instance, or an HTTP client of the Genesys SDK. */
import type { Fetch, StrategyContext } from '../strategy.ts';
import { fetchOfAxios, isAxios, underAxios } from './axios.ts';
import { fetchOfGenesys, type GenesysHttpClient, type GenesysRequestClass, isGenesysClient } from './genesys.ts';

/** What makes calls. An axios instance is known by `interceptors`, `defaults` and `request`, a Genesys client by `request` and `enableHooks`. */
export type Client =
  | Fetch
  | { readonly interceptors: object; readonly defaults: object; readonly request: (...parameters: never[]) => unknown }
  | GenesysHttpClient;

/** What a strategy file's default export may be: makes a client around the fetch that it is given, or later (calls wait for it). */
export type ClientMaker = (fetch: Fetch, context: StrategyContext) => Client | Promise<Client>;

/** Options of {@link fetchOfMade}. */
export interface MadeOptions {
  /** The network of the trial. */
  readonly network: Fetch;
  /** Says what is wrong with something that is no client. */
  readonly refuse: (made: unknown) => Error;
  /** The SDK's `HttpRequestOptions`, asked for when there is a Genesys client; null: the SDK is not there. */
  readonly genesysRequests: () => GenesysRequestClass | null;
}

/**
 * What was made, as a fetch. A promise of a client will do: calls wait for it.
 *
 * @throws what `refuse` says; where a promise was given, each call rejects with it.
 */
export function fetchOfMade(made: unknown, options: MadeOptions): Fetch {
  const client = fetchOfClient(made, options);
  if (client !== null) return client;
  if (!isPromise(made)) throw options.refuse(made);
  const ready = Promise.resolve(made).then((late) => {
    const fetch = fetchOfClient(late, options);
    if (fetch === null) throw options.refuse(late);
    return fetch;
  });
  // Each call tells of it; without any, nobody is to be told.
  ready.catch(() => {});
  return async (input, init) => (await ready)(input, init);
}

/** Whether a value is itself a client and no maker of one: an axios instance, which can be called too, or a Genesys client. */
export function isMadeClient(value: unknown): boolean {
  return isAxios(value) || isGenesysClient(value);
}

function fetchOfClient(made: unknown, { network, genesysRequests }: MadeOptions): Fetch | null {
  // Before functions, as an axios instance is one too.
  if (isAxios(made)) return fetchOfAxios(underAxios(made, network));
  if (isGenesysClient(made)) return fetchOfGenesys(made, network, genesysRequests());
  return typeof made === 'function' ? (made as Fetch) : null;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
