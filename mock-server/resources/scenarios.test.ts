import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { parseStrategy } from '../../src/strategies/index.ts';
import { settingOf } from '../../src/trial/setting.ts';
import { createWorld } from './testing/world.ts';

test.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))(
  'every request of $name is answered 200, as planned by any strategy of it',
  ({ scenario }) => {
    const setting = settingOf(scenario);
    const random = createRandomSource(1);
    const { jobs, senders } = setting.workload(random);
    const world = createWorld(1, setting.policy);
    const asked = new Set<string>();
    for (const spec of scenario.strategies) {
      const { plans } = parseStrategy(spec);
      const context = { random, startsAtMs: setting.startsAtMs, senders };
      for (const { method, path, body, sender } of plans.reduce((planned, plan) => plan(planned, context), jobs)) {
        const { org } = senders[sender]!;
        const key = JSON.stringify([org, method, path, body]);
        if (asked.has(key)) continue;
        asked.add(key);
        const sent = { org, ...(body === null ? {} : { body: JSON.parse(body) }), nowMs: setting.startsAtMs };
        const { status } = world.ask(method, path, sent);
        expect(`${status} ${method} ${path} ${body}`).toBe(`200 ${method} ${path} ${body}`);
      }
    }
    expect(asked.size).toBeGreaterThan(50);
  },
);
