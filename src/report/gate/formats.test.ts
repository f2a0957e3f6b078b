/** One result in all formats: they must say the same, survive hostile names, and keep to their sizes. */
import { describe, expect, it } from 'vitest';
import { gateResult, noBaseline } from '../../gate/result.ts';
import { changedBuild, inputOf, sampleBaseline, times } from '../../gate/testing/sample-baseline.ts';
import { judge } from '../../gate/judge.ts';
import { type Check, type GateResult, tally } from '../../gate/verdict.ts';
import { renderGateAnnotations } from './annotations.ts';
import { renderGateJson } from './json.ts';
import { renderGateJunit } from './junit.ts';
import { renderGateMarkdown } from './markdown.ts';
import { renderGateTerminal } from './terminal.ts';
import { elementsOf } from './testing/strict-xml.ts';

const terminal = (result: GateResult) =>
  renderGateTerminal(result, { columns: 100, colour: false, unicode: true, quiet: false });

function resultOf(build: Parameters<typeof changedBuild>[0]): GateResult {
  const now = changedBuild(build);
  const baseline = sampleBaseline();
  const setting = {
    file: 'ratelab.baseline.json',
    baseline,
    now,
    tool: '0.1.0',
    interrupted: false,
    idleThresholds: [],
  };
  return gateResult(judge(inputOf(now)).checks, { ...setting, nowMs: Date.parse('2026-11-02T12:00:00Z') });
}

const hostile = '</failure><x a="1">&amp;]]>|`*_\n::error::pwn\u001B[31m\u0000\uD800 %0A';
/** One check of every verdict, in names that try to break out. */
function everyVerdict(): GateResult {
  const result = resultOf(times('makespan', 1.2));
  const [model] = result.checks as [Check];
  const verdicts = [
    'regressed',
    'missing',
    'not comparable',
    'unsure',
    'improved',
    'within limits',
    'identical',
  ] as const;
  const checks = verdicts.map((verdict, index): Check => {
    const strategy = `${hostile}${index}`;
    return { ...model, verdict, strategy, key: `small/${strategy}/failures`, reason: `why ${hostile}` };
  });
  return { ...result, checks };
}

describe('the gate in all formats', () => {
  it.each([
    ['a regression', () => resultOf(times('makespan', 1.2))],
    ['an improvement', () => resultOf(times('makespan', 0.7))],
    ['every verdict in hostile names', everyVerdict],
  ])('says the same of %s', (_, make) => {
    const result = make();
    const counts = tally(result.checks);
    const json = JSON.parse(renderGateJson(result)) as GateResult & { counts: typeof counts; passed: boolean };
    expect(json.counts).toEqual(counts);
    expect(json.passed).toBe(result.outcome === 'passed');
    const xml = renderGateJunit(result);
    const names = elementsOf(xml).map(({ name }) => name);
    const count = (element: string) => names.filter((name) => name === element).length;
    expect(count('testcase')).toBe(result.checks.length);
    expect(count('failure')).toBe(counts.regressed);
    expect(count('skipped')).toBe(counts.missing + counts['not comparable'] + counts.unsure);
    const annotations = renderGateAnnotations(result).split('\n').filter(Boolean);
    expect(annotations.filter((line) => line.startsWith('::error '))).toHaveLength(counts.regressed);
    expect(annotations.filter((line) => line.startsWith('::warning '))).toHaveLength(count('skipped'));
    const changed = result.checks.length - counts['within limits'] - counts.identical;
    const rows = renderGateMarkdown(result)
      .split('\n')
      .filter((line) => /^\| (?!verdict|---)/.test(line));
    expect(rows).toHaveLength(changed);
    expect(
      terminal(result)
        .split('\n')
        .filter((line) => /^ [✗?≠~↓] /.test(line)),
    ).toHaveLength(changed);
    for (const text of [terminal(result), renderGateMarkdown(result), xml]) expect(text).toContain(result.headline);
  });

  it('keeps what a regression says in the failure\u2019s body, where every reader shows it', () => {
    const failure = elementsOf(renderGateJunit(resultOf(times('makespan', 1.2)))).find(
      ({ name }) => name === 'failure',
    );
    expect(failure?.text).toMatch(/^small\/\.\/limiter\.ts\/makespan\nregressed: 59.*confirmed on 10 fresh seeds$/s);
  });
});

describe('renderGateMarkdown', () => {
  it('is one line (and a marker) when all is identical', () => {
    const markdown = renderGateMarkdown(resultOf((trial) => trial));
    expect(markdown).toBe('<!-- ratelab-gate -->\n**Gate passed: 18 identical**\n');
  });

  it('is never longer than its cap in UTF-8 bytes, says so, and closes what it opened', () => {
    const result = resultOf(times('makespan', 1.2));
    const long = {
      ...result,
      checks: Array.from({ length: 20_000 }, () => result.checks)
        .flat()
        .slice(0, 20_000),
    };
    const wide = long.checks.map((check, index): Check => ({
      ...check,
      reason: '→é€\u{1F600}'.repeat(5),
      harm: index,
    }));
    const markdown = renderGateMarkdown({ ...long, checks: wide });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(900 * 1024);
    expect(Buffer.byteLength(markdown)).toBeGreaterThan(890 * 1024);
    expect(markdown).toContain('Cut at 900 KiB');
    expect(markdown).not.toContain('\uFFFD');
    expect(markdown.match(/<details>/g)?.length ?? 0).toBe(markdown.match(/<\/details>/g)?.length ?? 0);
  });
});

describe('renderGateAnnotations', () => {
  it('prints ten at most, worst first, the last counting the rest', () => {
    const result = resultOf(times('makespan', 1.2));
    const worst = result.checks.find(({ verdict }) => verdict === 'regressed') as Check;
    const checks = Array.from({ length: 25 }, (_, index): Check => ({
      ...worst,
      key: `small/${index}/makespan`,
      harm: index,
    }));
    const lines = renderGateAnnotations({ ...result, checks })
      .split('\n')
      .filter(Boolean);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain('small/24/makespan');
    expect(lines[9]).toBe('::warning title=ratelab gate::+16 more');
  });

  it('says nothing when nothing is wrong', () => {
    expect(renderGateAnnotations(resultOf((trial) => trial))).toBe('');
  });
});

describe('no baseline', () => {
  it('is said by every format', () => {
    const result = noBaseline('ratelab.baseline.json');
    expect(terminal(result)).toContain('no baseline');
    expect(renderGateMarkdown(result)).toContain('no baseline');
    expect(elementsOf(renderGateJunit(result)).some(({ name }) => name === 'skipped')).toBe(true);
    expect(renderGateAnnotations(result)).toContain('::warning title=ratelab gate%3A no baseline::');
    expect(JSON.parse(renderGateJson(result))).toMatchObject({ outcome: 'inconclusive', passed: false });
  });
});
