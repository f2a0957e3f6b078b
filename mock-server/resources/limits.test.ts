import { expect, test } from 'vitest';
import { parsePolicy } from '../policy.ts';
import { documentedPlatformPolicy } from '../policies/documented-platform.ts';
import { usersFiftyOrgsPolicy } from '../policies/users-fifty-orgs.ts';
import { createWorld } from './testing/world.ts';

const PATH = '/api/v2/organizations/limits';

test('namespaces tell the documented limits of the policy, and no others', () => {
  const world = createWorld();
  expect(world.ask('GET', `${PATH}/namespaces`).body).toMatchObject({ entities: ['platform.api'], total: 1 });
  const { entities } = world.ask('GET', `${PATH}/namespaces/platform.api`).body;
  const documented = parsePolicy(documentedPlatformPolicy).limits.filter(({ source }) => source === 'documented');
  expect(entities.map(({ key }: { key: string }) => key)).toEqual(documented.map(({ name }) => name));
  expect(entities).toContainEqual({ key: 'token.rate.per.minute', namespace: 'platform.api', value: 300 });
  expect(world.ask('GET', `${PATH}/namespaces/platform.api/defaults`).body.entities).toEqual(entities);
  expect(world.ask('GET', `${PATH}/namespaces/nothing`).status).toBe(404);
  expect(world.ask('GET', `${PATH}/namespaces/nothing/defaults`).status).toBe(404);
});

test("effective limits are those of the caller's tier, defaults those of nobody's; a name may carry its namespace", () => {
  const policy = parsePolicy({
    ...documentedPlatformPolicy,
    headers: { dialect: 'none' },
    limits: [
      {
        name: 'analytics/query.rate.per.minute',
        scope: ['org'],
        match: { methods: [], paths: [] },
        algorithm: { kind: 'token-bucket', capacity: 10, refillPerSecond: 1 },
        tiers: [{ tier: 'premium', limit: 40 }],
        source: 'documented',
        note: 'A limit of a test.',
      },
    ],
  });
  const world = createWorld(1, policy);
  const value = (path: string, tier: string) => world.ask('GET', `${PATH}/namespaces/analytics${path}`, { tier }).body;
  expect(value('', 'premium').entities).toEqual([{ key: 'query.rate.per.minute', namespace: 'analytics', value: 40 }]);
  expect(value('', 'standard').entities[0].value).toBe(10);
  expect(value('/defaults', 'premium').entities[0].value).toBe(10);
});

test('a platform that documents nothing has no namespaces', () => {
  const reported = parsePolicy(usersFiftyOrgsPolicy);
  expect(reported.limits.filter(({ source }) => source === 'documented')).toEqual([]);
  expect(createWorld(1, reported).ask('GET', `${PATH}/namespaces`).body).toMatchObject({ entities: [], total: 0 });
});

test('docs tell where the table is', () => {
  expect(createWorld().ask('GET', `${PATH}/docs`).body.url).toMatch(/^https:/);
});
