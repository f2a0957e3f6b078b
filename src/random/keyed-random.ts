/**
 * Seeded randomness, keyed by entity. A number is a hash of (seed, stream, entity, index): nothing is drawn from a shared sequence, so
 * nothing that one strategy draws can shift what another one gets.
 *
 * The hash is two 32-bit lanes of multiply-xor rounds (the MurmurHash3 finalizer, public domain by Austin Appleby) joined to 53 bits.
 * It uses 32-bit integer arithmetic only, so it gives the same bits on any machine and any JavaScript engine. It is no cryptography.
 */
import { randomFromUniform } from './distributions.ts';
import type { Random, RandomSource } from './random.ts';

/** Keeps the numbers of `at()` and of `stream()` apart when both are asked for the same names. */
const DRAW_DOMAIN = 0x243f6a88;
const SEQUENCE_DOMAIN = 0x13198a2e;

/** Streams are named in code, so they are few; the bound only guards against a name built from data. */
const STREAMS_CACHED_MAX = 4096;

const TWO_POW_32 = 4294967296;
const TWO_POW_26 = 67108864;
const TWO_POW_53 = 9007199254740992;

const numberBits = new Float64Array(1);
const numberWords = new Uint32Array(numberBits.buffer);

/** The two lanes of a hash under way. */
interface Lanes {
  readonly a: number;
  readonly b: number;
}

/** A stream, and its lanes after the entity that was last drawn for: background traffic draws thousands of times for the same one. */
interface StreamLanes extends Lanes {
  lastEntity: string | number | null;
  lastDraw: Lanes;
}

/**
 * All the randomness of one trial.
 *
 * @param seed whole number from 0 to 2^53 - 1.
 * @returns a source whose `at()` is a pure function of the seed and its arguments. The entities `5` and `'5'` are different.
 * @throws RangeError when the seed is not such a number.
 */
export function createRandomSource(seed: number): RandomSource {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `Cannot create a random source: seed must be a whole number from 0 to 2^53 - 1, current value is ${seed}`,
    );
  }
  const lanesByStream = new Map<string, StreamLanes>();
  let lastStream: string | null = null;
  let lastLanes: StreamLanes = streamLanes(seed, '');

  function lanesOf(stream: string): StreamLanes {
    if (stream === lastStream) return lastLanes;
    let lanes = lanesByStream.get(stream);
    if (lanes === undefined) {
      if (lanesByStream.size >= STREAMS_CACHED_MAX) lanesByStream.clear();
      lanes = streamLanes(seed, stream);
      lanesByStream.set(stream, lanes);
    }
    lastStream = stream;
    lastLanes = lanes;
    return lanes;
  }

  return {
    at(stream, entity, index) {
      const lanes = lanesOf(stream);
      if (lanes.lastEntity !== entity) {
        lanes.lastDraw = absorbEntity(lanes.a ^ DRAW_DOMAIN, lanes.b, entity);
        lanes.lastEntity = entity;
      }
      return draw(lanes.lastDraw.a, lanes.lastDraw.b, index);
    },
    stream(stream, entity = ''): Random {
      const lanes = lanesOf(stream);
      const { a, b } = absorbEntity(lanes.a ^ SEQUENCE_DOMAIN, lanes.b, entity);
      let index = 0;
      return randomFromUniform(() => draw(a, b, index++));
    },
  };
}

function streamLanes(seed: number, stream: string): StreamLanes {
  const lanes = hashStream(seed, stream);
  return { a: lanes.a, b: lanes.b, lastEntity: null, lastDraw: lanes };
}

function hashStream(seed: number, stream: string): Lanes {
  const low = seed >>> 0;
  const high = Math.floor(seed / TWO_POW_32) >>> 0;
  const a = mixA(mixA(0x9e3779b9, low), high);
  const b = mixB(mixB(0x6a09e667, low), high);
  return absorbEntity(a, b, stream);
}

function absorbEntity(a: number, b: number, entity: string | number): Lanes {
  if (typeof entity === 'number') {
    numberBits[0] = entity + 0; // -0 becomes 0
    const low = numberWords[0]!;
    const high = numberWords[1]!;
    return { a: mixA(mixA(a ^ 0x0badf00d, low), high), b: mixB(mixB(b, low), high) };
  }
  let laneA = mixA(a, entity.length);
  let laneB = b;
  for (let i = 0; i < entity.length; i++) {
    const code = entity.charCodeAt(i);
    laneA = Math.imul(laneA ^ code, 0x01000193);
    laneB = Math.imul((laneB << 5) ^ (laneB >>> 27) ^ code, 0x5bd1e995);
  }
  return { a: mixA(laneA, laneB), b: mixB(laneB, laneA) };
}

function draw(a: number, b: number, index: number): number {
  const low = index >>> 0;
  const high = Math.floor(index / TWO_POW_32) >>> 0;
  const laneA = mixA(a, low) ^ high;
  const laneB = mixB(b, low);
  const sumA = (laneA + laneB) | 0;
  const sumB = (laneB + sumA) | 0;
  const finalA = finalize(sumA);
  const finalB = finalize(sumB ^ finalA);
  const top = ((finalA + finalB) >>> 0) >>> 5;
  return (top * TWO_POW_26 + (finalB >>> 6)) / TWO_POW_53;
}

function mixA(lane: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const next = lane ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function mixB(lane: number, word: number): number {
  const mixed = Math.imul(word, 0x239b961b);
  const next = lane ^ Math.imul((mixed << 16) | (mixed >>> 16), 0xab0e9789);
  return (Math.imul((next << 17) | (next >>> 15), 5) + 0x0bcaa747) | 0;
}

function finalize(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
