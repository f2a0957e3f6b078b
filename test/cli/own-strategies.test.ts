/** What a strategy file may hold: clients of every kind, made in every way, in TypeScript, with modules and packages of their own. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { loadScenario, loadStrategy } from '../../src/suite/sources.ts';
import { runTrial, type TrialOutcome } from '../../src/trial/run-trial.ts';
import { smallScenario, temporaryFolder } from './command-line.ts';

const axiosClient = `
  import axios, { type AxiosInstance } from 'axios';
  import axiosRetry from 'axios-retry';
  export function createClient(): AxiosInstance {
    const client = axios.create({ baseURL: 'https://api.example.com', timeout: 5000 });
    axiosRetry(client, { retries: 5, retryCondition: ({ response }) => response?.status === 429, retryDelay: () => 1000 });
    return client;
  }`;

const folder = temporaryFolder({
  'small.ts': smallScenario,
  'through.ts': `export default (fetch: typeof globalThis.fetch) => fetch;`,
  'late.ts': `export default async (fetch: typeof globalThis.fetch) => { await null; return fetch; };`,
  'common.cts': `module.exports = (fetch: unknown) => fetch;`,
  'axios-client.ts': axiosClient,
  'axios-maker.ts': `export { createClient as default } from './axios-client';`,
  'axios-made.ts': `import { createClient } from './axios-client.js'; export default createClient();`,
  'axios-own-adapter.ts': `import axios from 'axios'; export default () => axios.create({ adapter: 'http' });`,
  'genesys-own.ts': `
    import platformClient from 'purecloud-platform-client-v2';
    const { AbstractHttpClient } = platformClient as any;
    class Client extends AbstractHttpClient {
      constructor(readonly fetch: typeof globalThis.fetch) { super(); }
      enableHooks() {}
      async request({ url, method, headers }: any): Promise<object> {
        const response = await this.fetch(url, { method, headers });
        if (response.status === 429) {
          await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after'))));
          return this.request({ url, method, headers });
        }
        return { status: response.status, headers: Object.fromEntries(response.headers), data: await response.json() };
      }
    }
    export default (fetch: typeof globalThis.fetch) => new Client(fetch);`,
  'genesys-default.ts': `
    import { createRequire } from 'node:module';
    const { DefaultHttpClient } = createRequire(import.meta.url)('purecloud-platform-client-v2');
    export default () => new DefaultHttpClient();`,
  // Whatever a module takes while it is loaded, and whatever it calls by name, is the trial's.
  'by-name.ts': `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { promisify } from 'node:util';
    const pause = promisify(setTimeout);
    const early = fetch;
    const call = async (url: string, init: RequestInit): Promise<Response> => {
      const first = await early(url, init);
      if (first.status !== 429) return first;
      await pause(500);
      await sleep(500);
      const second = await globalThis.fetch(url, init);
      return second.status === 429 ? call(url, init) : second;
    };
    export default () => call;`,
  'one.ts': `export const one: number = 1;`,
  'endings.ts': `
    import { one as bare } from './one';
    import { one as compiled } from './one.js';
    import { one as source } from './one.ts';
    import PQueue from 'p-queue';
    import { createGateway } from 'ratelab/gateway';
    import { parseStrategy, type StrategyModule } from 'ratelab';
    if (bare + compiled + source !== 3 || typeof createGateway !== 'function') throw new Error('not what was meant');
    export const title = 'One at a time';
    export const what: string = 'A queue of its own.';
    export const plan: StrategyModule['plan'] = (jobs) => jobs.slice(0, 7);
    const make: StrategyModule['default'] = (fetch, context) => {
      const queue = new PQueue({ concurrency: 1 });
      const inner = parseStrategy('retry-after').pipeline(fetch, context);
      return (input, init) => queue.add(() => inner(input, init));
    };
    export default make;`,
  'object.ts': `export default () => ({ retries: 3, limit: 2 });`,
  'later-object.ts': `export default async () => ({ retries: 3 });`,
  'nothing.ts': `export const limiter = 1;`,
  'throws-text.ts': `export default () => () => { throw 'just text'; };`,
  'rejects-text.ts': `export default () => async () => { throw 'later text'; };`,
  'throws-in-timer.ts': `export default () => () => new Promise(() => { setTimeout(() => { throw 'text from a timer'; }, 5); });`,
  'connects.ts': `import { request } from 'node:http'; export default () => () => new Promise((resolve, reject) => { request('http://127.0.0.1:9/', resolve).on('error', reject).end(); });`,
  'zips.ts': `import { gzip } from 'node:zlib'; import { promisify } from 'node:util'; export default (fetch) => async (input, init) => { await promisify(gzip)('text'); return fetch(input, init); };`,
  'signs.ts': `export default (fetch) => async (input, init) => { await crypto.subtle.digest('SHA-256', new Uint8Array(8)); return fetch(input, init); };`,
  'keeps-buffers.ts': `const kept = []; export default (fetch) => async (input, init) => { for (;;) { kept.push(Buffer.alloc(2 ** 26)); await fetch(input, init); } };`,
  'number-title.ts': `export default (fetch: unknown) => fetch; export const title = 5;`,
});
const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

let scenario: Scenario;
beforeAll(async () => {
  for (const name of ['axios', 'axios-retry', 'purecloud-platform-client-v2', 'p-queue']) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  }
  scenario = await loadScenario({ name: './small.ts', file: join(folder, 'small.ts'), policy: null });
});

const load = (name: string) => loadStrategy({ spec: `./${name}`, file: join(folder, name) });
const trialOf = async (name: string): Promise<TrialOutcome> =>
  runTrial({ scenario, strategy: await load(name), seed: 1 });
const attemptsOf = async (name: string) => {
  const { result } = await trialOf(name);
  return [result.failure, result.metrics?.jobs.done, result.metrics?.attempts.total];
};

describe('a strategy file', () => {
  it.each(['through.ts', 'late.ts', 'common.cts', 'axios-own-adapter.ts', 'genesys-default.ts'])(
    '%s: what adds nothing does what the bare fetch does',
    async (name) => {
      const { result } = await runTrial({ scenario, strategy: parseStrategy('none'), seed: 1 });
      expect((await trialOf(name)).result.digest).toBe(result.digest);
    },
  );

  it.each(['axios-maker.ts', 'axios-made.ts', 'genesys-own.ts', 'by-name.ts'])(
    '%s: every call goes to the gateway, and is tried again in virtual time',
    async (name) => {
      const [failure, done, attempts] = await attemptsOf(name);
      expect([failure, done]).toEqual([null, 20]);
      expect(attempts).toBeGreaterThan(20);
    },
  );

  it('may be cut into modules, use packages, change the plan, and name itself', async () => {
    expect(await attemptsOf('endings.ts')).toEqual([null, 7, 7]);
    expect(await load('endings.ts')).toMatchObject({ title: 'One at a time', what: 'A queue of its own.' });
  });

  it.each([
    ['object.ts', 'an object with retries, limit'],
    ['later-object.ts', 'an object with retries'],
  ])('%s: what is no client is said, and what it is', async (name, found) => {
    const { result } = await trialOf(name);
    expect(result.failure?.reason).toBe('threw');
    expect(result.failure?.detail).toContain(
      `Cannot use strategy ./${name}: its default export must return a fetch function, an axios instance or an HTTP client of the Genesys SDK, current value is ${found}`,
    );
  });

  it.each([
    ['nothing.ts', /^Cannot load strategy \.\/nothing\.ts: default export must be .*, current value is absent$/],
    ['number-title.ts', /^Cannot load strategy .*: export title must be a string, current value is 5$/],
  ])('%s: what a file may not export', async (name, message) => {
    await expect(load(name)).rejects.toThrow(message);
  });

  it.each([
    ['throws-text.ts', /^threw: no job was done; the first error was: just text$/],
    ['rejects-text.ts', /^threw: no job was done; the first error was: later text$/],
    ['throws-in-timer.ts', /^threw: text from a timer$/],
    ['connects.ts', /^real-io: the code under test used http\.request\(\), .* Send requests with the fetch/],
    ['zips.ts', /^real-io: the code under test used zlib, /],
    ['signs.ts', /^real-io: the code under test used crypto\.subtle\.digest\(\), /],
    ['keeps-buffers.ts', /^out-of-memory: the code under test held \d+ MB outside the JavaScript heap/],
  ])('%s: a failed trial with its reason', async (name, reason) => {
    const { failure } = (await trialOf(name)).result;
    expect(`${failure?.reason}: ${failure?.detail}`).toMatch(reason);
  });

  it('leaves fetch as it was', async () => {
    const before = globalThis.fetch;
    await trialOf('by-name.ts');
    expect(globalThis.fetch).toBe(before);
  });
});
