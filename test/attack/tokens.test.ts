/**
 * Distinct tokens without end. `ATTACK_TOKENS=1000000 npx vitest run test/attack/tokens.test.ts` sends a million of each kind.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Telemetry } from '../../mock-server/operator/telemetry.ts';
import { createPlatform, type Platform } from '../../mock-server/platform.ts';
import { parsePolicy } from '../../mock-server/policy.ts';
import { createRandomSource } from '../../src/random/keyed-random.ts';
import { createScaledTime } from '../../src/time/scaled-time.ts';

/** The memory of the latest tokens breathes with so many. */
const BREATH = 16_384;
/** After so many, whatever remembers the latest ones is full. */
const FILLED = 2.5 * BREATH;
/** As many as were asked for at least, and measured at the same point of a breath. */
const TOKENS = FILLED + BREATH * Math.ceil((Number(process.env['ATTACK_TOKENS'] ?? 57_344) - FILLED) / BREATH);
/** What may be held more after all of them than after those. A token that left 200 bytes behind would leave 3.3 MB of 16,384, 190 MB of a million. */
const GROWTH_BYTES_MAX = 3_000_000;
/** Tokens a second of gateway time. */
const RATE = 50;
const STARTS_AT_MS = Date.UTC(2026, 10, 22, 9);
const POLICY = parsePolicy({
  name: 'attacked',
  limits: [
    { name: 'per-token', scope: ['org', 'token'], algorithm: { kind: 'fixed-window', limit: 300, windowMs: 60_000 } },
    { name: 'per-org', scope: ['org'], algorithm: { kind: 'sliding-window-log', limit: 100, windowMs: 30_000 } },
    { name: 'slots', scope: ['client'], algorithm: { kind: 'concurrency', limit: 5 } },
  ],
  latency: [{ medianMs: 50, sigma: 0 }],
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of JavaScript in use when garbage was collected. */
function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function attackedPlatform() {
  const time = createScaledTime({ speed: 0, startsAtMs: STARTS_AT_MS });
  const source = createRandomSource(7);
  const platform = createPlatform({
    policy: POLICY,
    random: (stream, entity, index) => source.at(stream, entity, index),
    time,
    signInPolicy: null,
  });
  return { platform, time, telemetry: new Telemetry(platform) };
}

function ask(platform: Platform, authorization: string, told: (status: number) => void): void {
  const request = { method: 'GET', target: '/api/v2/users/me', headers: { authorization }, body: '', ip: '127.0.0.1' };
  platform.handle(request, ({ status }) => told(status));
}

/** A token of the client of a number. */
function signedIn(platform: Platform, id: string): string {
  const basic = `Basic ${Buffer.from(`${id}:secret`).toString('base64')}`;
  const headers = { authorization: basic };
  const request = { method: 'POST', target: '/oauth/token', headers, body: 'grant_type=client_credentials', ip: '' };
  let token = '';
  platform.handle(request, ({ body }) => (token = (JSON.parse(body) as { access_token: string }).access_token));
  return token;
}

/** Does `act` for every number, and says how much more is held after all than after the first {@link FILLED}. */
function growthOver(what: string, act: (index: number) => void): number {
  let filled = 0;
  for (let index = 0; index < TOKENS; index++) {
    if (index === FILLED) filled = heldBytes();
    act(index);
  }
  const growth = heldBytes() - filled;
  console.log(`${TOKENS} ${what}: ${filled} bytes held after ${FILLED}, ${growth} more after all`);
  return growth;
}

describe('a million distinct tokens', () => {
  it('that are garbage are all answered 401, and nothing of them is kept', { timeout: 600_000 }, () => {
    const { platform } = attackedPlatform();
    let refused = 0;
    const growth = growthOver('garbage tokens', (index) => {
      ask(platform, `Bearer garbage-${index}.${'x'.repeat(43)}`, (status) => (refused += status === 401 ? 1 : 0));
    });
    expect(refused).toBe(TOKENS);
    expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
  });

  it(
    'that are good, of one client and of as many clients of as many organizations, are known for a while only',
    { timeout: 3_600_000 },
    () => {
      const { platform, time, telemetry } = attackedPlatform();
      const counts = [new Map<number, number>(), new Map<number, number>()] as const;
      const growth = growthOver('good tokens', (index) => {
        const one = index % 2 === 0;
        const count = counts[one ? 0 : 1];
        ask(platform, `Bearer ${signedIn(platform, one ? 'sync@acme' : `sync-${index}@org-${index}`)}`, (status) => {
          count.set(status, (count.get(status) ?? 0) + 1);
        });
        if (index % RATE === RATE - 1) time.advance(1000);
      });
      time.advance(1000);
      expect(platform.inService).toBe(0);
      const [one, many] = counts;
      // Each token is used once: of as many organizations none is refused, of one organization all that its limits refuse.
      expect([...many]).toEqual([[200, TOKENS / 2]]);
      expect([...one.keys()].sort((a, b) => a - b)).toEqual([200, 429]);
      expect((one.get(200) ?? 0) + (one.get(429) ?? 0)).toBe(TOKENS / 2);
      expect(telemetry.totals().reduce((sum, { count }) => sum + count, 0)).toBe(TOKENS);
      expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
    },
  );
});
