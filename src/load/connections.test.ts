import autocannon from 'autocannon';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { headerOf } from './connections.ts';
import { serverThat } from './testing/servers.ts';

const require = createRequire(import.meta.url);

describe('autocannon', () => {
  it('autocannon is the very version whose client is taken over, and has what is taken over', () => {
    expect((require('autocannon/package.json') as { version: string }).version).toBe('9.0.0');
    const { prototype } = require('autocannon/lib/httpClient.js') as { prototype: Record<string, unknown> };
    for (const name of ['_doRequest', '_connect', '_destroyConnection', 'getRequestBuffer'])
      expect(typeof prototype[name]).toBe('function');
  });

  it('autocannon corrects for coordinated omission as if a request were due each millisecond, so its figures are not used', async () => {
    const origin = await serverThat((_, outgoing, number) => {
      setTimeout(() => outgoing.end(), number === 2 ? 500 : 0);
    });
    // Ten a second, one answer 500 ms late: five requests were kept waiting. Some 500 are recorded.
    const { latency, requests } = await autocannon({ url: origin, connections: 1, overallRate: 10, duration: 2 });
    const recorded = (latency as unknown as { totalCount: number }).totalCount;
    expect(recorded - requests.total).toBeGreaterThan(400);
  });
});

describe('headerOf', () => {
  it('headerOf finds a header whatever its case, and takes the first of several', () => {
    expect(headerOf({ 'Retry-AFTER': '3' }, 'retry-after')).toBe('3');
    expect(headerOf({ a: ['1', '2'] }, 'a')).toBe('1');
    expect(headerOf({ a: '1' }, 'b')).toBeNull();
  });
});
