import { describe, expect, it } from 'vitest';
import { atomsOf } from '../../bench/discovery/canonical.ts';
import { createBucket } from '../../mock-server/limits/algorithms.ts';
import type { Algorithm } from '../../mock-server/policy.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import type { Random } from '../../src/random/random.ts';

interface Drawn {
  readonly algorithm: Extract<Algorithm, { kind: 'token-bucket' }>;
  readonly counts: 'admitted' | 'all';
  readonly costs: readonly number[];
}

/** What the gateway's bucket admits of one random sequence of requests. */
function decisions(
  algorithm: Drawn['algorithm'],
  { counts, costs }: Pick<Drawn, 'counts' | 'costs'>,
  seed: number,
): string {
  const random = createRandomSource(seed).stream('canonical');
  const bucket = createBucket(algorithm);
  let nowMs = 1_700_000_000_000;
  // About as much as flows in, so that the bucket is now empty, now full.
  const gapMs = (3000 * Math.min(...costs)) / algorithm.refillPerSecond;
  let text = '';
  for (let at = 0; at < 400; at++) {
    nowMs += random.next() < 0.5 ? 0 : Math.floor(random.next() * gapMs);
    const cost = costs[random.integer(0, costs.length - 1)] as number;
    const fits = bucket.fits(cost, nowMs);
    if (fits || counts === 'all') bucket.charge(cost, nowMs, fits);
    text += fits ? '+' : '-';
  }
  return text;
}

function draw(seed: number, tokensPerStep: (random: Random) => number, even: boolean): Drawn {
  const random = createRandomSource(seed).stream('canonical');
  const stepMs = random.integer(20, 2_000);
  const exact = (tokensPerStep(random) * 1000) / stepMs;
  return {
    algorithm: {
      kind: 'token-bucket',
      capacity: random.integer(5, 60),
      stepMs,
      refillPerSecond: Number((exact * (1 + 2e-12)).toPrecision(13)),
    },
    counts: random.next() < 0.5 ? 'admitted' : 'all',
    costs: even ? [1] : [1, random.integer(2, 5)],
  };
}

function canonical({ algorithm, counts, costs }: Drawn, alone = true) {
  const [atom] = atomsOf({ scope: ['org'], costs: new Map(costs.entries()), algorithm, counts }, alone);
  return atom as NonNullable<typeof atom>;
}

const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1);

describe('canonical forms of buckets with steps', () => {
  it('takes one token or a whole part of one per step for the continuous bucket, which decides the same', () => {
    const drawn = SEEDS.map((seed) => draw(seed, (random) => 1 / random.integer(1, 4), seed % 2 === 0));
    const smooth = drawn.filter((one) => canonical(one).algorithm.kind === 'token-bucket' && isSmooth(one));
    expect(smooth.length).toBeGreaterThan(70);
    for (const [seed, one] of smooth.entries()) {
      const { algorithm, counts } = canonical(one);
      expect(decisions(algorithm as Drawn['algorithm'], { ...one, counts: counts as 'admitted' }, seed)).toBe(
        decisions(one.algorithm, one, seed),
      );
    }
    // A rejected request that is counted takes what there is of a token.
    expect(drawn.filter((one) => one.counts === 'all' && one.costs.length > 1).some(isSmooth)).toBe(false);
  });

  it('takes whole tokens per step, of even costs, for not counting rejections, which decides the same', () => {
    for (const seed of SEEDS) {
      const one = draw(seed, (random) => random.integer(1, 4), true);
      expect(canonical(one).counts).toBe(isSmooth(one) ? 'admitted' : 'any');
      expect(decisions(one.algorithm, { ...one, counts: 'all' }, seed)).toBe(
        decisions(one.algorithm, { ...one, counts: 'admitted' }, seed),
      );
      expect(canonical(one, false).counts).toBe(one.counts);
    }
  });

  it('leaves other steps alone, which decide otherwise', () => {
    const drawn = SEEDS.map((seed) => draw(seed, (random) => random.integer(3, 40) / 7 + 0.01, true));
    expect(drawn.some(isSmooth)).toBe(false);
    const others = drawn.filter(
      (one, seed) => decisions({ ...one.algorithm, stepMs: 0 }, one, seed) !== decisions(one.algorithm, one, seed),
    );
    expect(others.length).toBeGreaterThan(120);
  });
});

function isSmooth(one: Drawn): boolean {
  const { algorithm } = canonical(one);
  return algorithm.kind === 'token-bucket' && algorithm.stepMs === 0;
}
