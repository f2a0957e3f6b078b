import { describe, expect, it } from 'vitest';
import { parseLoadResults } from '../../results/load-results.ts';
import { loadReportFiles } from './files.ts';
import { renderLoadMarkdown } from './markdown.ts';
import { buildLoadReport } from './model.ts';
import { renderLoadTerminal } from './terminal.ts';
import { hostileName, sampleLoad } from './testing/sample-load.ts';

const plain = { columns: 100, colour: false, unicode: true };

describe('the report of a load', () => {
  it('buildLoadReport names the first rejection, the rate at it, and what a stall hides', () => {
    const report = buildLoadReport(sampleLoad());
    expect(`${report.headline} ${report.subline}`).toBe(
      'The first rejection came at request 1,836 after 51s, at 61 requests per second.',
    );
    expect(report.lede[1]).toBe(
      'From when requests were due, half of the answers came within 20ms, 99\u00A0% within 80ms. Counted from the sending, half of the answers came within 10ms, 99\u00A0% within 40ms.',
    );
    expect(report.overTime.data.bands.map(({ title }) => title)).toEqual([
      'admitted',
      `rejected: ${hostileName}`,
      'rejected: b',
      'rejected: c',
      'rejected: others',
      'other errors',
      'no answer',
    ]);
  });

  it('buildLoadReport does not call other errors let through', () => {
    const { counts } = sampleLoad();
    const said = (change: Partial<typeof counts>) => {
      const report = buildLoadReport(
        sampleLoad({ firstRejection: null, counts: { ...counts, sent: 5, rejected: 0, ...change } }),
      );
      return [`${report.headline} ${report.subline}`, report.overTime.heading];
    };
    expect(said({ admitted: 5, other: 0 })).toEqual([
      'No request was rejected in 5 requests.',
      'Everything that was answered was let through, all the time.',
    ]);
    expect(said({ admitted: 1, other: 4 })).toEqual([
      'No request was rejected in 5 requests, but 4 met another error.',
      '4 of 5 answers were errors, but none was a rejection.',
    ]);
    expect(said({ admitted: 0, other: 0 })[1]).toBe('Nothing was answered.');
  });

  it('buildLoadReport warns of what is missing from the numbers', () => {
    const { counts, options } = sampleLoad();
    const warned = (change: Parameters<typeof sampleLoad>[0]) =>
      buildLoadReport(sampleLoad(change)).warnings.join('\n');
    expect(warned({})).toMatch(/5 requests that were due were never sent.*\n7 requests have no answer/);
    const quiet = { ...counts, unsent: 0, unanswered: 0, timeouts: 0, errors: 0 };
    expect(warned({ counts: quiet })).toBe('');
    const { latency } = sampleLoad();
    const late = { ...latency.late, p99Ms: 9 };
    expect(warned({ counts: quiet, latency: { ...latency, late } })).toMatch(
      /The load itself was late: .* sent 9ms or more/,
    );
    expect(warned({ counts: quiet, complete: false })).toMatch(/interrupted/);
    expect(warned({ counts: { ...quiet, sent: options.requestsMax }, ranMs: 5000 })).toMatch(
      /budget of 100,000 requests was spent/,
    );
    expect(warned({ counts: quiet, model: 'closed' })).toMatch(/waits that users would have had are not seen/);
  });

  it('buildLoadReport merges a long run into bins that can be drawn, and loses no answer', () => {
    const long = Array.from({ length: 3600 }, () => 2);
    const { series } = sampleLoad();
    const none = long.map(() => null);
    const report = buildLoadReport(
      sampleLoad({
        series: {
          ...series,
          sent: long,
          admitted: long,
          rejected: long,
          other: long,
          lost: long,
          p50Ms: none,
          p99Ms: none,
          maxMs: none,
        },
      }),
    );
    const { bands, binMs } = report.overTime.data;
    expect([bands[0]?.perSecond.length, binMs, new Set(bands[0]?.perSecond)]).toEqual([180, 20_000, new Set([2])]);
    expect(report.overTime.table.rows).toHaveLength(60);
    expect(report.overTime.table.rows[0]?.slice(0, 3)).toEqual(['0s', '120', '120']);
  });

  it('renderLoadTerminal, renderLoadMarkdown and the page say the same, and nothing of a name is markup', async () => {
    const report = buildLoadReport(sampleLoad());
    const files = await loadReportFiles(sampleLoad());
    const html = String(files.find(({ path }) => path === 'load.html')?.content);
    const terminal = renderLoadTerminal(report, plain);
    const markdown = renderLoadMarkdown(report);
    for (const text of [html, terminal, markdown]) {
      expect(text).toContain('The first rejection came at request 1,836');
      expect(text).toContain('4,905');
    }
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('&lt;img src=x');
    expect(markdown).not.toContain('<img src');
    expect(markdown).toContain('![');
    // oxlint-disable-next-line no-control-regex -- the very thing that must not be there
    expect(terminal).not.toMatch(/\u001B/);
    expect(files.map(({ path }) => path)).toEqual([
      'load.html',
      'load.md',
      'charts/over-time.png',
      'charts/latency.png',
    ]);
  });

  it('loadReportFiles gives one page that loads nothing, and the same bytes again', async () => {
    const [html] = await loadReportFiles(sampleLoad());
    const [again] = await loadReportFiles(sampleLoad());
    const page = String(html?.content);
    expect(String(again?.content)).toBe(page);
    expect(page).toContain("default-src 'none'");
    expect(page.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(page).not.toMatch(/<link|@import|url\((?!data:)/);
    expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
  });

  it('the report bears a load in which nothing was answered', async () => {
    const { series } = sampleLoad();
    const none = { count: 0, p50Ms: null, p90Ms: null, p99Ms: null, p999Ms: null, maxMs: null };
    const empty = sampleLoad({
      counts: {
        sent: 0,
        admitted: 0,
        rejected: 0,
        other: 0,
        timeouts: 0,
        errors: 0,
        unanswered: 0,
        unsent: 0,
        byStatus: {},
      },
      rejections: { source: 'gateway', byCause: {} },
      firstRejection: null,
      retryAfter: null,
      ranMs: 0,
      latency: { intended: { all: none, byClass: {} }, sent: { all: none, byClass: {} }, late: none },
      histogram: { endsMs: [], intended: [], sent: [] },
      series: {
        ...series,
        sent: [],
        admitted: [],
        rejected: [],
        other: [],
        lost: [],
        rejectedByCause: {},
        p50Ms: [],
        p99Ms: [],
        maxMs: [],
      },
      senders: [],
    });
    expect(parseLoadResults(empty, 'x')).toEqual(empty);
    expect(renderLoadTerminal(buildLoadReport(empty), { ...plain, unicode: false })).toContain('Nothing was answered.');
    expect((await loadReportFiles(empty)).length).toBe(4);
  });
});
