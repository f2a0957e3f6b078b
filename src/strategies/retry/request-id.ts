/** Request ids of attempts, and what they are for: a gateway may treat a repeated id as a request of its own and refuse it again. */
import type { RandomSource } from '../../random/random.ts';
import type { RetryOptions } from './retrying.ts';
import { withHeader } from './request.ts';

/** The header of the threads. */
export const requestIdHeader = 'X-Genesys-Request-Id';

/** Gives every attempt an id in {@link requestIdHeader}: a fresh one each time, or the same for all attempts of one request. */
export function requestIds(kind: 'same' | 'fresh'): NonNullable<RetryOptions['prepare']> {
  return ({ random }) =>
    (input, init, entity, attempt) =>
      withHeader(input, init, requestIdHeader, uuidOf(random, entity, kind === 'fresh' ? attempt : 0));
}

/** A version 4 UUID from the keyed dice: the same entity and attempt give the same one in the same trial. */
export function uuidOf(random: RandomSource, entity: string, attempt: number): string {
  let hex = '';
  for (let part = 0; part < 3; part++) {
    const dice = random.at('request-id', entity, attempt * 3 + part);
    hex += Math.floor(dice * 2 ** 44)
      .toString(16)
      .padStart(11, '0');
  }
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
