import { describe, expect, it } from 'vitest';
import {
  bestPortion,
  judged,
  likeliest,
  likeliestFew,
  predicted,
  type Prices,
  pricesOf,
  ratioOf,
  type Run,
  shareOfLikeliest,
  withRoute,
  wordOf,
} from './costs.ts';

/** Plays mixes of the routes 1, 2 … with route 0 against the truth until none tells more. */
function decide(truth: Prices): Prices[] {
  const fits = Math.floor(truth.capacity / (truth.costs[0] as number));
  let prices = pricesOf(0, { low: fits, high: fits });
  for (let route = 1; route < truth.costs.length; route++) {
    prices = withRoute(prices, route);
    const tried = new Set<string>();
    const mix = { route, fill: 0 };
    const most = truth.costs[route] === 0 ? 1000 : Math.floor(truth.capacity / (truth.costs[route] as number));
    for (let round = 0; round < 40; round++) {
      const portion = bestPortion(prices, [mix], most, tried);
      if (portion === null) break;
      tried.add(wordOf(portion));
      const seen = predicted(truth, mix, portion.first);
      prices = prices.filter((one) => predicted(one, mix, portion.first) === seen);
    }
  }
  return prices;
}

describe('bestPortion', () => {
  it.each([
    [[1, 1], 1000],
    [[1, 5], 300],
    [[4, 19], 259],
    [[10, 1], 154],
    [[9, 7], 655],
    [[1, 0], 20],
    [[1, 1, 20, 13], 24],
    [[2, 3, 0, 20], 60],
  ])('leads to costs %j of %i', (costs, capacity) => {
    const prices = decide({ costs, capacity });
    expect(prices).toContainEqual(expect.objectContaining({ costs, capacity }));
    expect(ratioOf(likeliest(prices).costs)).toBe(costs.join());
  });

  it('leaves open what no mix tells', () => {
    expect(shareOfLikeliest(decide({ costs: [13, 20], capacity: 24 }))).toBeLessThan(0.9);
  });
});

describe('pricesOf', () => {
  it('takes a fraction of a request for seen', () => {
    expect(pricesOf(0, { low: 3.5, high: 3.5 }).map(({ capacity }) => capacity)).toContain(7);
    expect(pricesOf(0, { low: 3.5, high: 3.5 }).every(({ costs }) => (costs[0] as number) % 2 === 0)).toBe(true);
  });
});

describe('judged', () => {
  const run = (slot: number, many: number, outcome: 'admitted' | 'rejected'): Run => ({
    event: {
      sentMs: 0,
      answeredMs: 100,
      identity: 0,
      route: slot,
      outcome,
      status: outcome === 'admitted' ? 200 : 429,
      told: { retryAfterMs: null, limit: null, remaining: null, resetMs: null },
    },
    slot,
    many,
    counts: true,
    blurMs: 0,
  });
  const window = { shape: { kind: 'sliding-window-log', windowMs: 1000 }, counts: 'admitted', capacity: 10 } as const;

  it('drops what could not have admitted it, and doubts what would have admitted more', () => {
    const prices = withRoute([{ capacity: 10, costs: [1] }], 1, 0.5);
    const seen = judged(prices, [run(1, 3, 'admitted'), run(0, 4, 'admitted'), run(0, 1, 'rejected')], 0, window);
    expect(seen.isExplained).toBe(true);
    expect(ratioOf(likeliest(seen.prices).costs)).toBe('1,2');
    expect(seen.prices.every(({ costs }) => (costs[1] as number) <= 2)).toBe(true);
  });

  it('says where nothing explains a rejection', () => {
    const prices = [{ capacity: 10, costs: [1, 0] }];
    const seen = judged(prices, [run(1, 3, 'admitted'), run(0, 4, 'admitted'), run(0, 1, 'rejected')], 0, window);
    expect(seen).toMatchObject({ isExplained: false, prices: [{ costs: [1, 0] }] });
  });
});

describe('likeliestFew', () => {
  it('keeps the simplest of too many', () => {
    const prices = withRoute(pricesOf(0, { low: 4, high: 7 }), 1);
    const few = likeliestFew(prices);
    expect(few.length).toBeLessThan(prices.length / 3);
    expect(few).toContainEqual(likeliest(prices));
    expect(likeliestFew(few)).toBe(few);
  });
});
