/** Identifiers (version 4 uuids) that are pure functions of the seed, so that nobody has to remember them. */
import type { KeyedRandom } from '../gateway.ts';

const TWO_POW_32 = 2 ** 32;
const TWO_POW_48 = 2 ** 48;
const TWO_POW_24 = 2 ** 24;
const TRIPLES = Array.from({ length: 4096 }, (_, number) => number.toString(16).padStart(3, '0'));
/** Throws of the dice for one id. */
const DRAWS = 3;

/** The uuid of a numbered thing. `stream` must be used for nothing else. */
export function uuidOf(random: KeyedRandom, stream: string, entity: string, index: number): string {
  return withHead(random, stream, entity, index, Math.floor(random(stream, entity, index * DRAWS) * TWO_POW_32));
}

/**
 * The uuid of entry `index` of `count`. Its first digits rise with the index, so that {@link orderedIndexOf} finds the entry again without a
 * table, and entries in order of index are in order of their ids.
 */
export function orderedUuidOf(
  random: KeyedRandom,
  stream: string,
  entity: string,
  index: number,
  count: number,
): string {
  // A margin at both ends of the entry's range keeps rounding from reaching its neighbours.
  const within = 0.01 + 0.98 * random(stream, entity, index * DRAWS);
  return withHead(random, stream, entity, index, Math.floor(((index + within) / count) * TWO_POW_32));
}

/** The index that {@link orderedUuidOf} made an id of; -1 when it made none such. */
export function orderedIndexOf(random: KeyedRandom, stream: string, entity: string, id: string, count: number): number {
  if (!/^[\da-f]{8}-/.test(id)) return -1;
  const index = Math.floor((Number.parseInt(id.slice(0, 8), 16) / TWO_POW_32) * count);
  return orderedUuidOf(random, stream, entity, index, count) === id ? index : -1;
}

function withHead(random: KeyedRandom, stream: string, entity: string, index: number, head: number): string {
  const middle = hex(random(stream, entity, index * DRAWS + 1));
  const tail = hex(random(stream, entity, index * DRAWS + 2));
  const variant = '89ab'[Number.parseInt(middle[7] ?? '0', 16) & 3];
  const start = head.toString(16).padStart(8, '0');
  return `${start}-${middle.slice(0, 4)}-4${middle.slice(4, 7)}-${variant}${middle.slice(8, 11)}-${tail}`;
}

/** 12 digits, three at a time from a table: that is quicker than padding a number's own. */
function hex(draw: number): string {
  const bits = Math.floor(draw * TWO_POW_48);
  const high = Math.floor(bits / TWO_POW_24);
  const low = bits % TWO_POW_24;
  return `${TRIPLES[high >>> 12]}${TRIPLES[high & 4095]}${TRIPLES[low >>> 12]}${TRIPLES[low & 4095]}`;
}
