import { describe, expect, it } from 'vitest';
import { type Fault, parsePolicy, PolicyError, policyJsonSchema } from './policy.ts';

const BUCKET = { kind: 'token-bucket', capacity: 10, refillPerSecond: 5 };

/** The faults that a policy is refused for. */
function faultsOf(loose: unknown): readonly Fault[] {
  try {
    parsePolicy(loose);
  } catch (error) {
    if (error instanceof PolicyError) return error.faults;
    throw error;
  }
  return [];
}

const paths = (loose: unknown) => faultsOf(loose).map(({ path }) => path);

describe('parsePolicy', () => {
  it('fills in every default', () => {
    const policy = parsePolicy({
      name: 'small',
      limits: [{ name: 'org', scope: ['org'], algorithm: BUCKET, cost: 2 }],
    });
    expect(policy).toMatchObject({ title: 'small', rejectionMs: 20, enforcementLagMs: 0, penalties: [] });
    expect(policy.headers).toEqual({ dialect: 'none', on: 'always', speaksOf: 'org', staleMs: 0 });
    expect(policy.latency).toHaveLength(1);
    expect(policy.limits[0]).toMatchObject({
      algorithm: { ...BUCKET, stepMs: 0 },
      cost: { base: 2, perItem: 0, routes: [] },
      counts: 'admitted',
      retryAfter: { kind: 'exact' },
      source: 'assumed',
    });
  });

  it.each([
    ['absent', { kind: 'absent' }],
    ['http-date', { kind: 'http-date' }],
    [{ fixedMs: 2000 }, { kind: 'fixed', afterMs: 2000 }],
    [{ uniformMs: [1000, 30_000] }, { kind: 'uniform', fromMs: 1000, toMs: 30_000 }],
  ])('reads the hint %j', (retryAfter, qualified) => {
    const policy = parsePolicy({ name: 'p', limits: [{ name: 'a', algorithm: BUCKET, retryAfter }] });
    expect(policy.limits[0]?.retryAfter).toEqual(qualified);
  });

  it('gives a qualified policy back as it is', () => {
    const policy = parsePolicy({
      name: 'p',
      limits: [
        { name: 'a', algorithm: BUCKET, retryAfter: { uniformMs: [1, 2] }, tiers: [{ tier: 'premium', limit: 50 }] },
      ],
      penalties: [
        { name: 'x', memoryMs: 9, stages: [{ name: 's', afterStrikes: 1, effect: 'ip-ban', durationMs: 5 }] },
      ],
      background: [{ name: 'b', path: '/x', ratePerSecond: 1, identity: { org: 'o' } }],
      quirks: { requestIdReuse: { windowMs: 5 }, forbiddenAs429: {} },
    });
    expect(parsePolicy(policy)).toEqual(policy);
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it('reports all faults at once, of fields and between fields, with path, rule and value', () => {
    const faults = faultsOf({
      name: 'bad',
      surprise: 1,
      limits: [
        { name: 'a', algorithm: { ...BUCKET, capacity: -5 }, retryAfter: { fixedMs: -1 } },
        { name: 'a', algorithm: { kind: 'leaky' }, match: { paths: ['/a/**/b'] } },
      ],
      headers: { dialect: 'x-ratelimit', speaksOf: 'nobody' },
      background: [{ name: 'b', path: '/x', ratePerSecond: 1, timeZone: 'Mars/Olympus', byHour: [1] }],
    });
    expect(faults.map(({ path }) => path).toSorted()).toEqual(
      [
        'limits[0].algorithm.capacity',
        'limits[0].retryAfter.fixedMs',
        'limits[1].match.paths[0]',
        'limits[1].algorithm.kind',
        'limits[1].name',
        'headers.speaksOf',
        'background[0].timeZone',
        'background[0].byHour',
        'surprise',
      ].toSorted(),
    );
    expect(faults).toContainEqual({
      path: 'limits[0].algorithm.capacity',
      rule: 'a number from 1 to 1000000000',
      value: -5,
    });
  });

  it('says it in one line when there is one fault', () => {
    const loose = { name: 'p', limits: [{ name: 'a', algorithm: { ...BUCKET, capacity: -5 } }] };
    expect(() => parsePolicy(loose, 'policy bulk.json')).toThrow(
      'Cannot read policy bulk.json: limits[0].algorithm.capacity must be a number from 1 to 1000000000, current value is -5',
    );
  });

  it.each([
    ['no object', null, ['it']],
    ['no name', {}, ['name']],
    [
      'too many limits',
      { name: 'p', limits: Array.from({ length: 65 }, (_, i) => ({ name: `${i}`, algorithm: BUCKET })) },
      ['limits'],
    ],
    ['a name too long', { name: 'n'.repeat(101) }, ['name']],
    ['a control character', { name: 'a\u0007' }, ['name']],
    ['a cost that never fits', { name: 'p', limits: [{ name: 'a', algorithm: BUCKET, cost: 11 }] }, ['limits[0].cost']],
    [
      'a fraction of a cost',
      { name: 'p', limits: [{ name: 'a', algorithm: BUCKET, cost: { perItem: 0.5 } }] },
      ['limits[0].cost.perItem'],
    ],
    [
      'concurrency that counts all',
      { name: 'p', limits: [{ name: 'a', algorithm: { kind: 'concurrency', limit: 1 }, counts: 'all' }] },
      ['limits[0].counts'],
    ],
    [
      'a range that ends before it starts',
      { name: 'p', limits: [{ name: 'a', algorithm: BUCKET, retryAfter: { uniformMs: [2, 1] } }] },
      ['limits[0].retryAfter'],
    ],
    [
      'stages out of order',
      {
        name: 'p',
        penalties: [
          {
            name: 'x',
            memoryMs: 1,
            stages: [
              { name: 's', afterStrikes: 3, effect: 'ip-ban', durationMs: 1 },
              { name: 't', afterStrikes: 3, effect: 'ip-ban', durationMs: 1 },
            ],
          },
        ],
      },
      ['penalties[0].stages[1].afterStrikes'],
    ],
    [
      'an unknown identity',
      { name: 'p', background: [{ name: 'b', path: '/x', ratePerSecond: 1, identity: { tenant: 'x' } }] },
      ['background[0].identity.tenant'],
    ],
  ])('refuses %s', (_, loose, expected) => {
    expect(paths(loose)).toEqual(expected);
  });
});

describe('policyJsonSchema', () => {
  it('describes what people write: an object with a name, no key unknown', () => {
    const schema = policyJsonSchema();
    expect(schema).toMatchObject({ type: 'object', required: ['name'], additionalProperties: false });
  });
});
