import { expect, it } from 'vitest';
import { generateGateway, openBox } from '../../../bench/discovery/generate.ts';
import { discover } from '../../../src/discovery/discover.ts';

it(
  'tells a limit of requests under way from a rate limit of other scope at the same points',
  { timeout: 60_000 },
  async () => {
    const gateway = generateGateway('quiet-2', 61_001);
    const { box, target } = openBox(gateway);
    const outcome = await box.run(() =>
      discover(target, {
        budget: { requests: 400_000, rejections: 200_000, timeMs: 30 * 86_400_000 },
        defy: true,
        exclusion: { requests: 800, overMs: 600_000 },
      }),
    );
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    const found = outcome.value.limits.map(({ status, scope, routes, algorithm }) => ({
      status,
      scope,
      routes: routes.length,
      algorithm,
    }));
    expect(found).toEqual(
      expect.arrayContaining(
        gateway.limits.map(({ scope, costs, algorithm }) => ({
          status: 'found',
          // A user is of one org.
          scope: scope.filter((key) => key !== 'org'),
          routes: costs.size,
          algorithm,
        })),
      ),
    );
    expect(found).toHaveLength(gateway.limits.length);
  },
);
