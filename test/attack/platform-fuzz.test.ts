/** Hostile requests to the platform itself, without sockets: `PLATFORM_FUZZ_RUNS=1000000 npx vitest run test/attack/platform-fuzz.test.ts` for more. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderedResponse } from '../../mock-server/gateway.ts';
import { createOperations } from '../../mock-server/resources/index.ts';
import { createPlatform, type PlatformRequest } from '../../mock-server/platform.ts';
import { parsePolicy } from '../../mock-server/policy.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createScaledTime } from '../../src/time/scaled-time.ts';
import { KNOWN } from '../../mock-server/testing/small-platform.ts';

const RUNS = Number(process.env['PLATFORM_FUZZ_RUNS'] ?? 12_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const STARTS_AT_MS = Date.UTC(2026, 10, 22, 9);
/** What strangers may be told; 500, a fault of the simulation, is not among them. */
const STATUSES = new Set([200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 501, 503]);
const POLICY = parsePolicy({
  name: 'attacked',
  limits: [
    { name: 'slots', algorithm: { kind: 'concurrency', limit: 20 } },
    {
      name: 'per-route',
      scope: ['org', 'route'],
      algorithm: { kind: 'token-bucket', capacity: 4, refillPerSecond: 1 },
    },
  ],
  latency: [{ medianMs: 100, sigma: 0.5 }],
  quirks: { requestIdReuse: { header: 'X-Request-Id', windowMs: 1000 } },
});

const source = createRandomSource(7);
const random = (stream: string, entity: string, index: number) => source.at(stream, entity, index);
const operations = createOperations({ random, startsAtMs: STARTS_AT_MS, policy: () => POLICY });

/** A platform whose clock stands, and all that its world knows by id. */
function platformOf() {
  const time = createScaledTime({ speed: 0, startsAtMs: STARTS_AT_MS });
  const faults: unknown[] = [];
  const platform = createPlatform({
    policy: POLICY,
    random,
    time,
    callers: [KNOWN],
    onFault: (error) => void faults.push(error),
  });
  return { platform, time, faults };
}

const headers = { authorization: 'Bearer known' };
/** Ids that exist, so that what lies behind them is reached too. */
const ids = (['/api/v2/users', '/api/v2/flows', '/api/v2/routing/queues'] as const).flatMap((target) => {
  const { platform, time } = platformOf();
  const found: string[] = [];
  platform.handle({ method: 'GET', target, headers, body: '', ip: '' }, ({ body }) => {
    const { entities = [] } = JSON.parse(body) as { entities?: { id: string }[] };
    found.push(...entities.slice(0, 5).map(({ id }) => id));
  });
  time.advance(60_000);
  return found;
});

const any = fc.string({ unit: 'binary', maxLength: 12 });
const NAMES =
  '__proto__ constructor prototype toString name email division id version pageSize pageNumber sortOrder filters';
const FIELDS =
  'interval order orderBy paging segmentFilters conversationFilters predicates type value clauses dimension operator metrics groupBy granularity state';
const key = fc.oneof(fc.constantFrom(...`${NAMES} ${FIELDS}`.split(' ')), any);
const scalar = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    1e308,
    2 ** 53,
    1.5,
    '',
    '\ud800',
    'NaN',
    null,
    true,
    'and',
    'or',
    'matches',
    'P1D',
    'PT1S',
  ),
  fc.constantFrom(
    '2026-11-01T00:00:00Z/2026-11-08T00:00:00Z',
    '2026-11-08/2026-11-01',
    '0000-01-01/9999-12-31',
    '-271821-04-20T00:00:00Z/+275760-09-13T00:00:00Z',
  ),
  fc.constantFrom(
    ...ids,
    ...ids,
    'nConnected',
    'tHandle',
    'queueId',
    'conversationId',
    'mediaType',
    'voice',
    'conversationStart',
    'asc',
  ),
  any,
  fc.double(),
  fc.integer(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
/** JSON.stringify leaves a `__proto__` that was set as a property out: written as text it comes in. */
const json = fc.oneof(
  { weight: 8, arbitrary: tree.map((value) => JSON.stringify(value) ?? 'null') },
  fc.constantFrom(
    '{"__proto__":{"name":"x"}}',
    '{"name":"x","name":1}',
    '{"constructor":{"prototype":{}}}',
    '[1e999]',
    '"\\ud800"',
    '{"a":1',
  ),
  fc.integer({ min: 1, max: 50_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 50_000 }).map((depth) => '{"filters":'.repeat(depth) + '1' + '}'.repeat(depth)),
  any,
);

/** A body that a documented operation takes, with one field changed: it passes the first gates. */
const nearlyGood = fc
  .tuple(
    fc.constantFrom<Record<string, unknown>>(
      { name: 'New', email: 'new@acme.example.com', divisionId: '', version: 1, state: 'inactive' },
      {
        interval: '2026-11-01T00:00:00Z/2026-11-08T00:00:00Z',
        paging: { pageSize: 5, pageNumber: 1 },
        order: 'asc',
        orderBy: 'conversationStart',
      },
      {
        interval: '2026-11-01T00:00:00Z/2026-11-02T00:00:00Z',
        granularity: 'PT30M',
        groupBy: ['queueId'],
        metrics: ['nConnected', 'tHandle'],
      },
      { name: 'flow', type: 'INBOUNDCALL', description: 'x', version: 1 },
    ),
    fc.array(fc.tuple(key, tree), { maxLength: 2 }),
  )
  .map(([good, changes]) => JSON.stringify({ ...good, ...Object.fromEntries(changes) }));

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ids) },
  fc.constantFrom('me', '..', '%2e%2e', '%00', '%ff', '%', '%F0%9F%98%80', '__proto__', 'constructor', ''),
  any.map((text) => text.replaceAll(/[?#/]/g, '')),
);
const fromTemplate = fc.constantFrom(...operations).chain(({ method, path }) => {
  const places = path.split('/').map((part) => (part.startsWith('{') ? value : fc.constant(part)));
  return fc.tuple(...places).map((parts) => ({ method, path: parts.join('/') }));
});
const anyMethod = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'get',
  'CONNECT',
  '',
  '__proto__',
);
const operation = fc.oneof(
  { weight: 8, arbitrary: fromTemplate },
  fc.record({ method: anyMethod, path: fromTemplate.map(({ path }) => path) }),
  fc.record({
    method: anyMethod,
    path: fc.oneof(
      any,
      any.map((text) => `/${text}`),
      fc.constantFrom('*', 'http://', 'https://a?b', '//api/v2/users', '/oauth/token'),
    ),
  }),
);
const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'pageSize',
      'pageNumber',
      'sortOrder',
      'expand',
      'id',
      'state',
      'cursor',
      'deleted',
      'type',
      'sortBy',
      'name',
    ),
    any,
  ),
  fc.oneof(
    fc.constantFrom(
      '1',
      '0',
      '-1',
      '1e9',
      '25',
      '99999999999999999999',
      'NaN',
      'asc',
      'true',
      '%',
      '%ff',
      '%00',
      '1;2',
    ),
    any,
  ),
);
const query = fc
  .array(parameter, { maxLength: 4 })
  .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join('&'));
const moreHeaders = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'x-forwarded-for',
      'x-ratelab-items',
      'content-type',
      'content-encoding',
      'x-request-id',
      'authorization',
      '__proto__',
      'host',
    ),
    any,
  ),
  fc.oneof(
    fc.constantFrom(
      'application/json',
      'text/plain',
      'gzip',
      '1',
      '-1',
      '1e9',
      '::1',
      'Bearer known',
      'Bearer',
      'Basic YTpi',
      'Basic ',
      'x'.repeat(5000),
    ),
    fc.array(any, { maxLength: 3 }),
    any,
  ),
  { maxKeys: 3 },
);

const requests: fc.Arbitrary<PlatformRequest> = fc
  .record({
    operation,
    query: fc.oneof({ weight: 1, arbitrary: fc.constant('') }, query),
    body: fc.oneof(
      { weight: 2, arbitrary: fc.constant('') },
      { weight: 3, arbitrary: nearlyGood },
      { weight: 2, arbitrary: json },
    ),
    more: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, moreHeaders),
  })
  .map(({ operation, query, body, more }) => ({
    method: operation.method,
    target: query === '' ? operation.path : `${operation.path}?${query}`,
    headers: { ...headers, ...more },
    body,
    ip: '127.0.0.1',
  }));

describe('the platform under fuzz', () => {
  it(
    'never throws, answers once, in an expected form, and has every place free afterwards',
    { timeout: 3_600_000 },
    () => {
      const { platform, time, faults } = platformOf();
      const counts = new Map<number, number>();
      const pending: { answers: number; readonly mayBeUnanswered: boolean }[] = [];
      fc.assert(
        fc.property(requests, fc.boolean(), fc.nat({ max: 29 }), (request, hangsUp, more) => {
          const one = { answers: 0, mayBeUnanswered: hangsUp };
          pending.push(one);
          const exchange = platform.handle(request, (response) => {
            one.answers += 1;
            counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
            check(response);
          });
          if (hangsUp) exchange.hangUp();
          if (more > 0) return;
          time.advance(2000);
          for (const { answers, mayBeUnanswered } of pending.splice(0)) {
            expect(answers === 1 || (mayBeUnanswered && answers === 0)).toBe(true);
          }
          expect([platform.inService, faults]).toEqual([0, []]);
        }),
        { numRuns: RUNS, seed: SEED },
      );
      console.log(
        `${RUNS} hostile requests, by status: ${JSON.stringify(Object.fromEntries([...counts].sort(([a], [b]) => a - b)))}`,
      );
      for (const status of [200, 202, 204, 400, 401, 404, 405, 415, 429, 501])
        expect(counts.get(status)).toBeGreaterThan(0);
      // No key of a stranger's has reached what all objects share.
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(atOnce(platform)).toBe(20);
      time.advance(60_000);
    },
  );
});

function check({ status, headers, body }: RenderedResponse): void {
  if (!STATUSES.has(status)) throw new Error(`Unexpected status ${status}: ${body}`);
  if (headers.some(([name, text]) => !/^[\w-]+$/.test(name) || !/^[\x20-\x7E]*$/.test(text))) {
    throw new Error(`A header is not well-formed: ${JSON.stringify(headers)}`);
  }
  if ((status === 204) !== (body === '')) throw new Error(`A body is missing or too much: ${status} ${body}`);
  if (status === 204) return;
  const said = JSON.parse(body) as Record<string, unknown>;
  if (status >= 400 && said['status'] !== status && typeof said['error'] !== 'string') {
    throw new Error(`An error has no known form: ${body}`);
  }
}

/** How many requests are admitted while none of them is answered. */
function atOnce(platform: ReturnType<typeof platformOf>['platform']): number {
  for (let asked = 0; asked < 30; asked++) {
    platform.handle({ method: 'GET', target: `/at-once/${asked}`, headers, body: '', ip: '' }, () => {});
  }
  return platform.inService;
}
