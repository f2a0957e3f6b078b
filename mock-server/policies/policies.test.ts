import { describe, expect, test } from 'vitest';
import { type Caller, createGateway, type Gateway, type GatewayRequest } from '../gateway.ts';
import { parsePolicy } from '../policy.ts';
import { policies } from './index.ts';

const START_MS = Date.UTC(2026, 2, 4, 12);
const caller: Caller = {
  org: 'org-01',
  client: 'client',
  token: 'token',
  user: 'user',
  app: 'app',
  ip: '192.0.2.1',
  tier: 'standard',
  permitted: true,
};

/** A gateway without background traffic, and the same request sent to it until it refuses. */
function untilRefused(name: string, method: string, path: string, changes: Partial<Caller> = {}) {
  const gateway = createGateway(parsePolicy({ ...policies[name], background: [] }), { random: () => 0.5 });
  const request: GatewayRequest = { caller: { ...caller, ...changes }, method, path, items: 1, requestId: '' };
  const headers: (Record<string, string> & { readonly status: string })[] = [];
  for (let sent = 0; sent < 20_000; sent++) {
    const answer = render(gateway, request, START_MS + 500);
    headers.push(answer);
    if (answer.status !== '200') return { admitted: sent, refused: answer, passed: headers[0]! };
  }
  throw new Error('never refused');
}

function render(gateway: Gateway, request: GatewayRequest, nowMs: number) {
  const decision = gateway.decide(request, nowMs);
  const { status, headers, body } = gateway.render(request, decision);
  const named = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return { ...named, status: decision.admitted ? '200' : String(status), body } as Record<string, string> & {
    readonly status: string;
  };
}

describe.each(Object.entries(policies).map(([name, loose]) => ({ name, loose })))('policy $name', ({ name, loose }) => {
  test('parses, is plain data, and stands under its own name', () => {
    const policy = parsePolicy(loose);
    expect(policy.name).toBe(name);
    expect(JSON.parse(JSON.stringify(loose))).toEqual(loose);
  });

  test('says of every limit what it is and where it comes from', () => {
    for (const limit of loose['limits'] as Record<string, unknown>[]) {
      expect(limit).toMatchObject({
        source: expect.any(String),
        note: expect.stringMatching(/./),
      });
    }
  });
});

test('bulk-segments refuses the fourth creation at once while the header shows ample capacity', () => {
  const { admitted, refused, passed } = untilRefused('bulk-segments', 'POST', '/api/v2/analytics/segments', {
    tier: 'premium',
  });
  expect(admitted).toBe(3);
  expect(passed['x-ratelimit-remaining']).toBe('1199');
  expect(refused['retry-after']).toMatch(/^[1-9]\d*$/);
});

test('interactions-query refuses without Retry-After and without rate headers', () => {
  const { refused, admitted } = untilRefused('interactions-query', 'POST', '/api/v2/analytics/interactions/query');
  expect(admitted).toBe(5);
  expect(Object.keys(refused).filter((header) => /retry-after|rate-?limit/.test(header))).toEqual([]);
});

test('architect-sync refuses with the headers of the thread', () => {
  const { refused } = untilRefused('architect-sync', 'GET', '/api/v2/users');
  expect(refused).toMatchObject({ status: '429', 'retry-after': '1', 'x-rate-limit-remaining': '0' });
  expect(refused['x-rate-limit-reset']).toMatch(/^1772\d{6}$/);
});

test('users-fifty-orgs refuses by the limit over all organizations, with a Retry-After from 1 to 30 s', () => {
  const { admitted, refused } = untilRefused('users-fifty-orgs', 'GET', '/api/v2/presencedefinitions');
  expect(admitted).toBe(50);
  expect(Number(refused['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(Number(refused['retry-after'])).toBeLessThanOrEqual(30);
});

test('daily-export refuses the fifty-first call of a minute and counts down to it', () => {
  const { admitted, refused, passed } = untilRefused('daily-export', 'GET', '/api/v2/analytics/queues/summary');
  expect(admitted).toBe(50);
  expect(passed['x-ratelimit-remaining']).toBe('49');
  expect(refused).toMatchObject({ 'retry-after': '60', 'x-ratelimit-remaining': '0' });
});

test('documented-platform refuses the 301st call of a token, says when, and tells nothing on success', () => {
  const { admitted, refused, passed } = untilRefused('documented-platform', 'GET', '/api/v2/users');
  expect(admitted).toBe(300);
  expect(Object.keys(passed).filter((header) => /retry-after|rate-?limit/.test(header))).toEqual([]);
  expect(refused['retry-after']).toBe('60');
  expect(refused['body']).toContain('[60]');
});
