import { describe, expect, test } from 'vitest';
import { composeStrategies, customStrategy } from './compose.ts';
import { parseStrategy } from './parse.ts';
import type { Pipeline } from './strategy.ts';
import { respond, TestClock, testContext } from './testing-clock.ts';

const naming =
  (name: string, log: string[]): Pipeline =>
  (fetch) =>
  async (input, init) => {
    log.push(`${name} in`);
    const response = await fetch(input, init);
    log.push(`${name} out`);
    return response;
  };

describe('composeStrategies', () => {
  test('puts the first named outermost', async () => {
    const log: string[] = [];
    const both = composeStrategies(customStrategy('a', naming('a', log)), customStrategy('b', naming('b', log)));
    await both.pipeline(async () => respond(200), testContext(new TestClock()))('https://a/1');
    expect(log).toEqual(['a in', 'b in', 'b out', 'a out']);
    expect([both.spec, both.title]).toEqual(['a+b', 'a + b']);
  });

  test('applies plans in the same order', () => {
    const { plans } = composeStrategies(parseStrategy('changed-since'), parseStrategy('batch+retry-after'));
    expect(plans).toEqual([...parseStrategy('changed-since').plans, expect.any(Function)]);
    expect(parseStrategy('batch+page-size+stagger-start+none').plans.length).toBe(3);
  });

  test.each([
    ['retry-after', 'reacts'],
    ['retry-after+token-bucket', 'paces'],
    ['batch+token-bucket+retry-after', 'plans'],
    ['backoff+aimd', 'adapts'],
  ])('%s is of the family that %s', (spec, family) => {
    expect(parseStrategy(spec).family).toBe(family);
  });

  test('refuses to compose nothing', () => {
    expect(() => composeStrategies()).toThrow('Cannot compose strategies: layers must be at least one strategy');
  });

  test('starts afresh for each wrapped fetch', async () => {
    const strategy = parseStrategy('token-bucket:ratePerSecond=1,burst=1');
    const clock = new TestClock();
    const started: string[] = [];
    for (const name of ['first', 'second']) {
      const fetch = strategy.pipeline(async () => {
        started.push(name);
        return respond(200);
      }, testContext(clock));
      void fetch('https://a/1');
    }
    await clock.run(1);
    expect(started).toEqual(['first', 'second']);
  });
});

describe('customStrategy', () => {
  test('takes part in a composition', () => {
    const own = customStrategy('mine', (fetch) => fetch, { title: 'My limiter', family: 'paces' });
    const both = composeStrategies(parseStrategy('retry-after'), own);
    expect([both.spec, both.title, both.family]).toEqual(['retry-after+mine', 'Retry-After + My limiter', 'paces']);
  });
});
