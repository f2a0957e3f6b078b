/** The committed table of libraries is what its generator makes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inProcessExecutor } from '../../src/suite/executor.ts';
import { limiterCases } from './cases.ts';
import { about, type LimiterFinding, probe, scenarioFinding } from './findings.ts';
import { scenarioFindings } from './matrix.ts';
import { limitersPage, waitCell } from './page.ts';
import { sentenceFor } from './sentence.ts';
import { mostStarts } from './window-probe.ts';

const committed = JSON.parse(readFileSync('reports/limiters/results.json', 'utf8')) as LimiterFinding[];
const rowOf = (name: string) => committed.find((row) => row.name === name)!;

describe('reports/limiters', () => {
  it('has a row for every library and the version that is installed', () => {
    const now = limiterCases().map((one) => ({ ...one, ...about(one) }));
    const then = committed.map(({ waitsMs: _waits, window: _window, scenarios: _scenarios, ...rest }) => rest);
    expect(then).toEqual(now);
  });

  it('has the page that its figures make', () => {
    expect(readFileSync('reports/limiters/README.md', 'utf8')).toBe(limitersPage(committed));
  });

  it.each(['ky', 'p-throttle'])('%s comes out as it stands there', async (name) => {
    const [one] = limiterCases().filter((limiter) => limiter.name === name);
    const scenarios = ['bulk-segments', 'daily-export'];
    const row = rowOf(name);
    expect(await probe(one!)).toEqual({ waitsMs: row.waitsMs, window: row.window });
    const [found] = await scenarioFindings([one!], scenarios, inProcessExecutor());
    expect(found).toEqual(Object.fromEntries(scenarios.map((scenario) => [scenario, row.scenarios[scenario]])));
  });
});

describe('mostStarts', () => {
  it('does not count starts that are exactly one window apart', () => {
    expect(mostStarts([0, 0, 1000], 1000)).toBe(2);
    expect(mostStarts([0, 1, 1000], 1000)).toBe(2);
    expect(mostStarts([0, 1, 999], 1000)).toBe(3);
    expect(mostStarts([], 1000)).toBe(0);
  });
});

describe('waitCell', () => {
  it('is bold where the client is early or waits for weeks', () => {
    expect(waitCell(6999, 7000)).toBe('**7s**');
    expect(waitCell(7000, 7000)).toBe('7s');
    expect(waitCell(1, 3_000_000_000)).toBe('**at once**');
    expect(waitCell(2_147_483_647, null)).toBe('**24d21h**');
    expect(waitCell(null, 7000)).toBe('gives up');
  });
});

describe('sentenceFor', () => {
  const row = rowOf('retry-after');

  it('says the worst first', () => {
    const waitsMs = { ...row.waitsMs!, malformed: 2_147_483_647, huge: 1 };
    expect(sentenceFor({ ...row, waitsMs })).toMatch(/^Waits 24d21h when Retry-After cannot be read;/);
  });

  it('tells one that ignores the header from one that comes early', () => {
    const waitsMs = { ...row.waitsMs!, absent: 1000, seconds: 1000 };
    expect(sentenceFor({ ...row, waitsMs })).toMatch(/^Does not read Retry-After \(back after 1s when told 7s\);/);
    expect(sentenceFor({ ...row, waitsMs: { ...waitsMs, absent: 500 } })).toMatch(/^Comes back before Retry-After/);
  });

  it('says of a header that overflows only what was seen', () => {
    const waitsMs = { ...row.waitsMs!, huge: 1 };
    expect(sentenceFor({ ...row, waitsMs })).toMatch(/^Obeys Retry-After, but is back at once when told 34d17h;/);
    const falling = { ...row.waitsMs!, huge: 399 };
    expect(sentenceFor({ ...row, waitsMs: falling })).toMatch(/^Obeys Retry-After, but is back after 399ms when told/);
  });
});

describe('scenarioFinding', () => {
  it('says why a trial that could not be measured was stopped', () => {
    const trial = { seed: 1, failure: { reason: 'stalled', detail: '' }, metrics: null, digest: '' } as const;
    expect(scenarioFinding([trial])).toMatchObject({ stopped: ['stalled'], optimumShare: null, jain: null });
  });
});
