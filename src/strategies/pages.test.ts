import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemContext, withStrategy } from './around-fetch.ts';
import { fetchSnippet, strategyPages } from './pages.ts';
import { parseStrategy } from './parse.ts';
import { strategyDefinitions } from './registry.ts';
import type { Fetch } from './strategy.ts';
import { respond, stubServer, TestClock } from './testing-clock.ts';

describe('strategyPages', () => {
  test.each(strategyPages().map(({ path, markdown }) => [path, markdown] as const))(
    '%s is what stands in the repository (else run: npm run docs)',
    (path, markdown) => {
      expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(markdown);
    },
  );

  test('docs/strategies holds nothing else', () => {
    const names = readdirSync(new URL('../../docs/strategies', import.meta.url)).map(
      (name) => `docs/strategies/${name}`,
    );
    expect(names.toSorted()).toEqual(
      strategyPages()
        .map(({ path }) => path)
        .toSorted(),
    );
  });
});

describe('withStrategy', () => {
  test.each(strategyDefinitions.map(({ name, example }) => [example ?? name] as const))(
    '%s works around a fetch as its page shows',
    async (spec) => {
      const clock = new TestClock();
      const server = stubServer(clock, () => respond(200), 50);
      const code = fetchSnippet(spec)
        .replace(/^import .*\n/, '')
        .replace('fetch, {', 'fetch, { clock,');
      // oxlint-disable-next-line typescript/no-implied-eval -- it runs the page's own example
      const run = new Function(
        'withStrategy',
        'fetch',
        'clock',
        `return (async () => {${code}; return response})()`,
      ) as (...parts: [typeof withStrategy, Fetch, TestClock]) => Promise<Response>;
      const response = run(withStrategy, server.fetch, clock);
      await clock.run(60_000);
      expect((await response).status).toBe(200);
      expect(server.arrivals.map(({ url }) => url)).toEqual(['https://api.example.com/api/v2/users?pageNumber=1']);
      expect(clock.pending).toBe(0);
    },
  );

  test('takes a strategy or its text, and everything is one org unless told', async () => {
    const clock = new TestClock();
    const server = stubServer(clock, () => respond(200));
    const fetch = withStrategy(parseStrategy('spacing:minMs=100,maxMs=100'), server.fetch, { clock });
    void fetch('https://a/1');
    void fetch('https://b/2');
    await clock.run(1000);
    expect(server.arrivals.map(({ atMs }) => atMs)).toEqual([0, 100]);
  });
});

describe('systemContext', () => {
  test('reads away the body of a refusal before the retry', async () => {
    const refusal = new Response('no', { status: 429 });
    const answers = [refusal, new Response('yes')];
    const fetch = withStrategy('immediate-retry', () => Promise.resolve(answers.shift() ?? new Response()));
    expect(await (await fetch('https://a/1')).text()).toBe('yes');
    expect(refusal.bodyUsed).toBe(true);
  });

  test('gives real time, real dice and one identity', () => {
    const context = systemContext();
    expect(context.clock.now()).toBeGreaterThan(1_700_000_000_000);
    expect(context.random.at('a', 'b', 0)).not.toBe(context.random.at('a', 'b', 0));
    expect(context.identify('https://a/1')).toEqual({ org: '', client: '', token: '', job: '' });
  });
});
