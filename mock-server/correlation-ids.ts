/**
 * Correlation ids: version 4 uuids in form, a pure function of the dice and a number. The first 32 bits are a permutation of the number,
 * so that no two of the first four thousand million answers share one.
 */
import type { KeyedRandom } from './gateway.ts';

/** Makes the id of a number, a whole number from 0. */
export type CorrelationIds = (number: number) => string;

const TWO_POW_32 = 4_294_967_296;

/** The ids of one platform or gateway: the same dice, the same ids. */
export function createCorrelationIds(random: KeyedRandom): CorrelationIds {
  const word = (index: number) => Math.floor(random('correlation-id', 'key', index) * TWO_POW_32) | 0;
  const [a, b, c, d] = [word(0), word(1), word(2), word(3)];
  const hex = hexOfSixteenBits();
  return (number) => {
    const first = mixed(number ^ a);
    const second = mixed((first + b) ^ Math.floor(number / TWO_POW_32));
    const third = mixed(second + c);
    const fourth = mixed(third + d);
    return (
      `${hex[first >>> 16]}${hex[first & 0xffff]}-${hex[second >>> 16]}-` +
      `${hex[(second & 0x0fff) | 0x4000]}-${hex[(third & 0x3fff) | 0x8000]}-` +
      `${hex[third >>> 16]}${hex[fourth >>> 16]}${hex[fourth & 0xffff]}`
    );
  };
}

let table: readonly string[] | null = null;

/** Four digits for each sixteen bits: a lookup is several times as fast as writing a number in hexadecimal. Made when first needed. */
function hexOfSixteenBits(): readonly string[] {
  table ??= Array.from({ length: 0x1_0000 }, (_, bits) => bits.toString(16).padStart(4, '0'));
  return table;
}

/** The finalizer of MurmurHash3 (public domain, Austin Appleby): a permutation of 32 bits. */
function mixed(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
