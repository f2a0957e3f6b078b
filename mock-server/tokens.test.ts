import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomSource } from '../src/random/keyed-random.ts';
import { KNOWN } from './testing/small-platform.ts';
import { createTokens, type Tokens } from './tokens.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const IP = '127.0.0.1';

function tokensOf(seed = 1, startsAtMs = NOW_MS): Tokens {
  const source = createRandomSource(seed);
  return createTokens({
    random: (stream, entity, index) => source.at(stream, entity, index),
    callers: [KNOWN],
    startsAtMs,
  });
}

const identity = fc.record({
  org: fc.string({ unit: 'binary' }),
  client: fc.string(),
  user: fc.string(),
  app: fc.string(),
  tier: fc.string(),
  permitted: fc.boolean(),
});
const SOMEBODY = { org: 'acme', client: 'c', user: 'u', app: 'a', tier: 'standard', permitted: true };

describe('tokens', () => {
  it('are read back as they were issued, until they expire', () => {
    const tokens = tokensOf();
    fc.assert(
      fc.property(identity, fc.ipV4(), (issued, ip) => {
        const authorization = `Bearer ${tokens.issue(issued, NOW_MS + 1000)}`;
        expect(tokens.callerOf(authorization, ip, NOW_MS + 999)).toEqual({ ...issued, ip, token: expect.any(String) });
        expect(tokens.callerOf(authorization, ip, NOW_MS + 1000)).toBeNull();
        // Also one that was never met while it was good.
        expect(tokensOf().callerOf(authorization, ip, NOW_MS + 1000)).toBeNull();
      }),
    );
  });

  it('stand for nobody when any bit is flipped, or anything is cut off or put on', () => {
    const tokens = tokensOf();
    const token = tokens.issue(SOMEBODY, NOW_MS + 1000);
    const read = (text: string) => tokens.callerOf(`Bearer ${text}`, IP, NOW_MS);
    expect(read(token)).not.toBeNull();
    for (let at = 0; at < token.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit));
        expect(read(token.slice(0, at) + flipped + token.slice(at + 1))).toBeNull();
      }
      expect(read(token.slice(0, at))).toBeNull();
    }
    for (const more of ['=', '.', 'A', '.A', ' ']) expect(read(token + more)).toBeNull();
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer .',
    'Bearer a.b.c',
    'Basic known',
    'known',
    'Bearer  ',
    'Bearer {"a":1}.x',
  ])('know nobody by %j', (authorization) => {
    expect(tokensOf().callerOf(authorization, IP, NOW_MS)).toBeNull();
  });

  it('know nobody by no header or by several', () => {
    expect(tokensOf().callerOf(undefined, IP, NOW_MS)).toBeNull();
    expect(tokensOf().callerOf(['Bearer known'], IP, NOW_MS)).toBeNull();
  });

  it('give a known caller as it is, whatever the address, in any case of the scheme', () => {
    expect(tokensOf().callerOf('Bearer known', IP, NOW_MS)).toBe(KNOWN);
    expect(tokensOf().callerOf('bearer known', IP, NOW_MS)).toBe(KNOWN);
  });

  it('give the same object while it is remembered, and an equal one when it was forgotten', () => {
    const tokens = tokensOf();
    const authorization = `Bearer ${tokens.issue(SOMEBODY, Number.MAX_SAFE_INTEGER)}`;
    const first = tokens.callerOf(authorization, IP, NOW_MS);
    expect(tokens.callerOf(authorization, IP, NOW_MS)).toBe(first);
    for (let other = 0; other < 40_000; other++) {
      tokens.callerOf(`Bearer ${tokens.issue(SOMEBODY, Number.MAX_SAFE_INTEGER)}`, IP, NOW_MS);
    }
    const again = tokens.callerOf(authorization, IP, NOW_MS);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('have names of their own that are not the secret, also between two runs', () => {
    const [one, other] = [tokensOf(), tokensOf(1, NOW_MS + 1)];
    const tokens = [
      one.issue(SOMEBODY, NOW_MS + 9),
      one.issue(SOMEBODY, NOW_MS + 9),
      other.issue(SOMEBODY, NOW_MS + 9),
    ];
    const names = tokens.map((token) => one.callerOf(`Bearer ${token}`, IP, NOW_MS)!.token);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(tokens.some((token) => token.includes(name))).toBe(false);
  });

  it('of another seed are good for nothing', () => {
    const token = tokensOf(2).issue(SOMEBODY, NOW_MS + 1000);
    expect(tokensOf(1).callerOf(`Bearer ${token}`, IP, NOW_MS)).toBeNull();
  });
});
