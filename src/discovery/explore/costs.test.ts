import { describe, expect, it } from 'vitest';
import { bestMix, likeliest, predicted, type Prices, pricesOf, ratioOf, shareOfLikeliest, withRoute } from './costs.ts';

/** Plays mixes of the routes 1, 2 … with route 0 against the truth until none tells more. */
function decide(truth: Prices): Prices[] {
  const fits = Math.floor(truth.capacity / (truth.costs[0] as number));
  let prices = pricesOf(0, { low: fits, high: fits });
  for (let route = 1; route < truth.costs.length; route++) {
    prices = withRoute(prices, route);
    const tried = new Set<number>();
    const most = truth.costs[route] === 0 ? 1000 : Math.floor(truth.capacity / (truth.costs[route] as number));
    for (let round = 0; round < 40; round++) {
      const first = bestMix(prices, { route, fill: 0 }, fits, most, tried);
      if (first === null) break;
      tried.add(first);
      const seen = predicted(truth, { route, fill: 0 }, first);
      prices = prices.filter((one) => predicted(one, { route, fill: 0 }, first) === seen);
    }
  }
  return prices;
}

describe('bestMix', () => {
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
    expect(prices).toContainEqual({ costs, capacity });
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
