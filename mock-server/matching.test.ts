import { describe, expect, it } from 'vitest';
import { compileMatch, Routes } from './matching.ts';
import { parsePolicy } from './policy.ts';

describe('compileMatch', () => {
  it.each([
    ['/api/v2/flows', '/api/v2/flows', true],
    ['/api/v2/flows', '/api/v2/flows/7', false],
    ['/api/v2/flows/*', '/api/v2/flows/7', true],
    ['/api/v2/flows/*', '/api/v2/flows/', false],
    ['/api/v2/flows/*', '/api/v2/flows/7/versions', false],
    ['/api/v2/flows/*/versions', '/api/v2/flows/7/versions', true],
    ['/api/v2/flows/**', '/api/v2/flows', true],
    ['/api/v2/flows/**', '/api/v2/flows/7/versions', true],
    ['/api/v2/flows/**', '/api/v2/flowsheets', false],
    ['/a.b', '/axb', false],
    ['/**', '/anything/at/all', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(compileMatch({ methods: [], paths: [pattern] })('GET', path)).toBe(expected);
  });

  it('asks for the method too', () => {
    const matches = compileMatch({ methods: ['POST', 'PUT'], paths: [] });
    expect(['GET', 'POST', 'PUT'].map((method) => matches(method, '/a'))).toEqual([false, true, true]);
  });
});

describe('Routes', () => {
  const algorithm = { kind: 'fixed-window', limit: 1, windowMs: 1000 };
  const routeKey = (paths: string[], method: string, path: string) => {
    const limits = [{ name: 'a', scope: ['route'], match: { paths }, algorithm }];
    return new Routes(parsePolicy({ name: 'p', limits })).of(method, path).charges[0]?.routeKey;
  };

  it('counts a route by the pattern that names all its segments, else by its path', () => {
    expect(routeKey(['/flows/*'], 'GET', '/flows/7')).toBe('GET /flows/*');
    expect(routeKey(['/flows/**'], 'GET', '/flows/7')).toBe('GET /flows/7');
    expect(routeKey([], 'POST', '/flows/7')).toBe('POST /flows/7');
  });

  it('tells apart paths that differ only in latency', () => {
    const slow = { match: { paths: ['/slow'] }, medianMs: 900 };
    const routes = new Routes(parsePolicy({ name: 'p', latency: [slow, { medianMs: 10 }] }));
    expect(['/fast', '/slow', '/fast'].map((path) => routes.of('GET', path).latency.rule.medianMs)).toEqual([
      10, 900, 10,
    ]);
  });

  it('answers the same after more paths than it remembers', () => {
    const limits = [
      { name: 'even', match: { paths: ['/even/*'] }, algorithm },
      { name: 'all', algorithm, cost: 1 },
    ];
    const routes = new Routes(parsePolicy({ name: 'p', limits }));
    const counts = Array.from({ length: 10_000 }, (_, at) => routes.of('GET', `/${at % 2 ? 'odd' : 'even'}/${at}`));
    expect(counts.filter(({ charges }) => charges.length === 2)).toHaveLength(5000);
    expect(routes.of('GET', '/even/0').charges.map(({ limit }) => limit)).toEqual([0, 1]);
  });
});
