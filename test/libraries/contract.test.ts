/** What holds for every library that is a strategy. A new one is held to it without a line here. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  buildStrategy,
  libraryDefinitions,
  parseStrategy,
  strategyDefinitions,
  withStrategy,
} from '../../src/strategies/index.ts';
import { sleep } from '../../src/time/clock.ts';
import { createSystemClock } from '../../src/time/system-clock.ts';
import { fetchSnippet } from '../../src/strategies/pages.ts';
import type { Fetch } from '../../src/strategies/strategy.ts';
import { packageVersion } from '../../src/suite/package-version.ts';
import { describeRetryAfter } from './contract-retry-after.ts';
import { type Answer, LATENCY_MS, refusal, success, withLibrary } from './contract-harness.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
};
const names = libraryDefinitions.map(({ name }) => name);
const URL_OF_ALL = 'https://api.example.com/api/v2/users/search?pageNumber=1&name=a%20b';
const HEADERS = { authorization: 'Bearer secret-1', 'x-ratelab-job': '17' };
const TEXT = '{"text":"ünïcode","list":[1, 2,  3]}';

/** They take any error, a 404 too, for a reason to try again: ten times. */
const RETRY_ALL = new Set(['slack', 'wretch']);
/** The Genesys SDK knows no signal. */
const DEAF = new Set(['genesys-sdk']);
/** They take a hung-up call for one more error that may pass: nothing is sent, but the caller waits for the answer. */
const RETRY_ABORTED = new Set(['fetch-retry', 'slack']);

const keepsState = (name: string) => parseStrategy(name).foreign?.keepsState === true;

const found = () =>
  new Response(TEXT, { status: 200, headers: { 'content-type': 'application/json', 'x-correlation': 'abc, def' } });

describeRetryAfter();

describe('the list', () => {
  test('is in alphabetical order, each name once', () => {
    expect(names).toEqual([...new Set(names)].sort());
    expect(strategyDefinitions.filter(({ name }) => names.includes(name))).toEqual([]);
  });

  test.each(libraryDefinitions)('$name drives installed packages of the pinned version', ({ packages = [] }) => {
    expect(packages.length).toBeGreaterThan(0);
    for (const name of packages) {
      expect([name, packageVersion(name)]).toEqual([name, manifest.devDependencies[name]]);
      expect([name, manifest.peerDependencies[name]]).toEqual([name, '*']);
      expect([name, manifest.peerDependenciesMeta[name]]).toEqual([name, { optional: true }]);
    }
  });

  test.each(libraryDefinitions)('$name says what it is, and its example is a spec', (definition) => {
    expect(definition.what.length).toBeGreaterThan(40);
    expect(definition.when.length).toBeGreaterThan(20);
    expect(definition.references.length).toBeGreaterThan(0);
    expect(parseStrategy(definition.example ?? definition.name).foreign?.packages).toEqual(
      expect.arrayContaining([...(definition.packages ?? [])]),
    );
  });

  test.each(libraryDefinitions)('$name cannot be used before it is loaded, and says so', (definition) => {
    const { pipeline } = buildStrategy(definition);
    const context = { clock: createSystemClock(), random: null as never, identify: null as never, note: () => {} };
    expect(() => pipeline(fetch, context)).toThrow(/must have settled before/);
  });
});

describe.each(names)('%s', (name) => {
  test('passes a GET and its answer on unharmed', async () => {
    const { arrivals, value } = await withLibrary(name, found, async (fetch) => {
      const response = await fetch(URL_OF_ALL, { headers: HEADERS });
      return { response, text: await response.text() };
    });
    expect(arrivals).toHaveLength(1);
    expect(arrivals[0]).toMatchObject({ method: 'GET', body: '' });
    expect(placeOf(arrivals[0]!.url)).toEqual(placeOf(URL_OF_ALL));
    for (const [header, text] of Object.entries(HEADERS)) expect(arrivals[0]!.headers.get(header)).toBe(text);
    expect(value.response).toBeInstanceOf(Response);
    expect([value.response.status, value.response.ok, value.text]).toEqual([200, true, TEXT]);
    expect(value.response.headers.get('x-correlation')).toBe('abc, def');
    expect(value.response.headers.get('content-type')).toBe('application/json');
  });

  test('passes a POST and its body on unharmed, given as a Request too', async () => {
    const init = { method: 'POST', body: TEXT, headers: { ...HEADERS, 'content-type': 'application/json' } };
    for (const input of [URL_OF_ALL, new Request(URL_OF_ALL, init)]) {
      const { arrivals, value } = await withLibrary(name, found, (fetch) =>
        typeof input === 'string' ? fetch(input, init) : fetch(input),
      );
      expect(value.status).toBe(200);
      expect(arrivals).toHaveLength(1);
      expect(arrivals[0]).toMatchObject({ method: 'POST', body: TEXT });
      expect(placeOf(arrivals[0]!.url)).toEqual(placeOf(URL_OF_ALL));
      expect(arrivals[0]!.headers.get('content-type')).toBe('application/json');
      expect(arrivals[0]!.headers.get('authorization')).toBe(HEADERS.authorization);
    }
  });

  test('gives a 404 back as a response, after a bounded number of attempts', async () => {
    const { arrivals, value } = await withLibrary(
      name,
      () =>
        new Response('{"message":"no such user"}', { status: 404, headers: { 'content-type': 'application/json' } }),
      async (fetch) => {
        const response = await fetch(URL_OF_ALL, { headers: HEADERS });
        return [response.status, await response.text()];
      },
    );
    expect(value).toEqual([404, '{"message":"no such user"}']);
    expect(arrivals.length).toBe(RETRY_ALL.has(name) ? 11 : 1);
  });

  test('ends with a response after refusals, each attempt with the headers and body of the first', async () => {
    const answer: Answer = (index) => (index < 30 ? refusal({ 'retry-after': '1' }) : success());
    const { arrivals, value } = await withLibrary(name, answer, async (fetch) => {
      const response = await fetch(URL_OF_ALL, { method: 'PUT', body: TEXT, headers: HEADERS });
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
    });
    const gaveUp = { status: 429, text: await refusal().text(), retryAfter: '1' };
    const passed = { status: 200, text: await success().text(), retryAfter: null };
    expect(value).toEqual(arrivals.length > 30 ? passed : gaveUp);
    expect(new Set(arrivals.map(({ body }) => body))).toEqual(new Set([TEXT]));
    expect(new Set(arrivals.map(({ headers }) => headers.get('authorization')))).toEqual(
      new Set([HEADERS.authorization]),
    );
  });

  test('throws the error of a connection that stays broken, after a bounded number of attempts', async () => {
    const { arrivals, value } = await withLibrary(
      name,
      () => {
        throw new TypeError('fetch failed');
      },
      (fetch) => fetch(URL_OF_ALL).then(String, (error: unknown) => error),
    );
    expect(value).toBeInstanceOf(Error);
    expect(arrivals.length).toBeLessThanOrEqual(11);
  });

  test('hangs up when its caller does', async () => {
    const { value, arrivals, tookMs } = await abortedAt(name, LATENCY_MS / 2, success);
    expect(value instanceof Error).toBe(!DEAF.has(name));
    expect(arrivals.length).toBeLessThanOrEqual(1);
    // Where state of the module is left over from the tests before, a call may not even have begun.
    const isLate = DEAF.has(name) || RETRY_ABORTED.has(name);
    expect(keepsState(name) || tookMs < LATENCY_MS === !isLate).toBe(true);
  });

  test('sends nothing more once its caller has hung up during a wait, and ends', async () => {
    const hungUpAtMs = 100;
    const { value, arrivals } = await abortedAt(name, hungUpAtMs, () => refusal({ 'retry-after': '7' }));
    expect(value instanceof Error || (value as Response).status === 429).toBe(true);
    expect(arrivals.filter(({ atMs }) => atMs > hungUpAtMs)).toEqual([]);
  });

  test('starts afresh when it is wrapped again, or says that it does not', async () => {
    const burst = (fetch: Fetch) =>
      Promise.all(Array.from({ length: 20 }, (_, index) => fetch(`${URL_OF_ALL}&i=${index}`)));
    const answer: Answer = (index) => (index % 4 === 3 ? refusal({ 'retry-after': '2' }) : success());
    const first = await withLibrary(parseStrategy(name), answer, burst);
    const second = await withLibrary(parseStrategy(name), answer, burst);
    const starts = ({ arrivals }: typeof first) => arrivals.map(({ atMs }) => atMs);
    // Those that say so are not looked at: the test of leaks has trials of their own for them.
    expect(keepsState(name) ? [] : starts(second)).toEqual(keepsState(name) ? [] : starts(first));
    expect(second.value.every(({ status }) => status === 200 || status === 429)).toBe(true);
  });

  test('shares no state between two fetches that it wraps at the same time', async () => {
    const strategy = parseStrategy(name);
    const alone = await withLibrary(strategy, success, (fetch) => calls(fetch, 5));
    const beside = await withLibrary(strategy, success, (fetch, wrapAgain) =>
      Promise.all([calls(wrapAgain(), 40), calls(fetch, 5)]).then(([, mine]) => mine),
    );
    expect(keepsState(name) ? alone.value : beside.value).toEqual(alone.value);
  });

  test('works around a fetch in real time as its page shows', async () => {
    const code = fetchSnippet(name).replace(/^import .*\n/, '');
    // oxlint-disable-next-line typescript/no-implied-eval -- it runs the page's own example
    const run = new Function('withStrategy', 'fetch', `return (async () => {${code}; return response})()`) as (
      ...parts: [typeof withStrategy, Fetch]
    ) => Promise<Response>;
    const response = await run(withStrategy, () => Promise.resolve(found()));
    expect([response.status, await response.text()]).toEqual([200, TEXT]);
  });

  test('works inside a layer that retries', async () => {
    const { value } = await withLibrary(`retry-after+${name}`, twoRefusals, two);
    expect(value).toEqual([200, 200]);
  });

  test('works around a layer that paces and one that retries', async () => {
    const { value } = await withLibrary(`${name}+retry-after+token-bucket`, twoRefusals, two);
    expect(value).toEqual([200, 200]);
  });
});

/** When each of some calls, made at once, was answered: ms after the start. */
function calls(fetch: Fetch, count: number): Promise<readonly number[]> {
  const fromMs = Date.now();
  return Promise.all(
    Array.from({ length: count }, (_, index) => fetch(`${URL_OF_ALL}&i=${index}`).then(() => Date.now() - fromMs)),
  );
}

const twoRefusals: Answer = (index) => (index < 2 ? refusal({ 'retry-after': '3' }) : success());

/** The statuses of two calls made at once. */
async function two(fetch: Fetch): Promise<readonly number[]> {
  const responses = await Promise.all([fetch(URL_OF_ALL), fetch(`${URL_OF_ALL}&i=1`)]);
  return responses.map(({ status }) => status);
}

/** A call whose caller hangs up after a while. */
function abortedAt(name: string, afterMs: number, answer: Answer) {
  return withLibrary(name, answer, async (fetch) => {
    const controller = new AbortController();
    const call = fetch(URL_OF_ALL, { signal: controller.signal }).catch((error: unknown) => error);
    await later(afterMs);
    controller.abort();
    return call;
  });
}

/** Where a request goes, however its query is written: a client may spell a space as `+`. */
function placeOf(url: string): unknown {
  const { origin, pathname, searchParams } = new URL(url);
  return [origin, pathname, [...searchParams]];
}

/** Waits in the time of the run. */
function later(delayMs: number): Promise<void> {
  return sleep(createSystemClock(), delayMs);
}
