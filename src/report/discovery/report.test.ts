import { describe, expect, it } from 'vitest';
import type { DiscoveryResults } from '../../results/discovery-results.ts';
import { discoveryReportFiles } from './files.ts';
import { renderDiscoveryMarkdown } from './markdown.ts';
import { buildDiscoveryReport } from './model.ts';
import { renderDiscoveryTerminal } from './terminal.ts';
import { hostileName, sampleDiscovery, sampleLimit } from './testing/sample-discovery.ts';
import { exactMs, exactNumber, rangeText } from './words.ts';

const page = (results = sampleDiscovery()) => String(discoveryReportFiles(results)[0]?.content);
/** In one line, as lines break where they must. */
const terminal = (change: Partial<DiscoveryResults> = {}) =>
  renderDiscoveryTerminal(sampleDiscovery(change)).replaceAll(/\s+/g, ' ');
/** What a reader sees of the page, without styles and scripts. */
const body = (html: string) => html.replaceAll(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
/** Whether a text holds traces of numbers that are none; false keeps a failing test's message short. */
const isSound = (html: string) => !/NaN|Infinity|undefined/.test(body(html));
/** Every format of one change, as texts. */
const everywhere = (change: Partial<DiscoveryResults> = {}) => {
  const results = sampleDiscovery(change);
  return [page(results), renderDiscoveryMarkdown(results), renderDiscoveryTerminal(results)];
};

describe('words of found limits', () => {
  it.each([
    [61_234, '61.234\u00A0s'],
    [800, '800\u00A0ms'],
    [3_600_000, '1\u00A0h'],
    [5_400_000, '1.5\u00A0h'],
    [3_599_999, '3,599.999\u00A0s'],
    [0.5, '0.5\u00A0ms'],
  ])('exactMs keeps what was decided: %d', (ms, text) => expect(exactMs(ms)).toBe(text));

  it('exactNumber keeps seven digits', () => {
    expect([60, 1234.5, 0.033333333, 1e21].map(exactNumber)).toEqual(['60', '1,234.5', '0.03333333', '1e+21']);
  });

  it('rangeText says which side is known', () => {
    const show = (value: number) => `${value}`;
    expect(rangeText({ low: 1, high: 1 }, show)).toBe('exactly 1');
    expect(rangeText({ low: 1, high: null }, show)).toBe('at least 1');
    expect(rangeText({ low: null, high: 2 }, show)).toBe('at most 2');
    expect(rangeText({ low: null, high: null }, show)).toBe('not known');
  });
});

describe('renderDiscoveryTerminal', () => {
  it('renderDiscoveryTerminal gives each limit its sentence with numbers and intervals, then what is not known, and what to do', () => {
    const text = terminal();
    expect(text).toContain(
      '● per-org 60 requests in 61.234 s per org (fixed window, opened by the first request); capacity exactly 60, window exactly 61.234 s; on users; only admitted requests count; Retry-After is true (6 tries).',
    );
    expect(text).toContain('refill 2.49/s to 2.51/s');
    expect(text).toContain('jobs (cost 3)');
    expect(text).toContain('Four limits found, one of them ambiguous. Two things could not be known.');
    expect(text).toContain('hidden by a tighter limit; the limit per org rejects first');
    expect(text).toContain('4,000 requests within 1h00m, as a and b, on users');
    expect(text).toContain('9,876 probes were sent, over 20m35s');
    expect(text).toContain('ratelab run --policy discovered.policy.json');
    expect(renderDiscoveryTerminal(sampleDiscovery()).endsWith('.\n')).toBe(true);
  });

  it('renderDiscoveryTerminal steers no terminal by a name, and has an ASCII form', () => {
    expect(renderDiscoveryTerminal(sampleDiscovery())).not.toContain('\u001B');
    const plain = renderDiscoveryTerminal(sampleDiscovery(), { columns: 70, colour: false, unicode: false });
    // oxlint-disable-next-line no-control-regex -- ASCII is what is tested
    expect(plain).toMatch(/^[\x00-\x7F]*$/);
    const long = plain.split('\n').filter((line) => line.length > 70 && !/[:+]by=|^ {3}backoff/.test(line));
    expect(long).toEqual([]);
  });

  it('renderDiscoveryTerminal never calls an ambiguous limit found', () => {
    const only = [sampleLimit({ status: 'ambiguous', reason: 'too few probes', scope: [] })];
    const text = terminal({
      limits: only,
      unknown: [],
      headers: { present: false, speaksOf: null, worth: 'absent', note: '' },
    });
    expect(text).toContain('One limit seen, none decided.');
    expect(text).toContain('Ambiguous: too few probes.');
    expect(text).toContain('? per-org About 60');
  });

  it('renderDiscoveryTerminal says when nothing was found, how far one looked, and what stopped it', () => {
    const headers = { present: false, speaksOf: null, worth: 'absent', note: '' } as const;
    const penalty = { sign: 'a 403 from all routes', atMs: 1, status: 403, afterRequests: 77, note: '' };
    const text = terminal({ limits: [], unknown: [], headers, penalty, complete: false, verification: null });
    expect(text).toContain('No limit was found.');
    expect(text).toContain('did not come to its end');
    expect(text).toContain('A sign of a penalty was met after 77 requests: a 403 from all routes');
    expect(text).toContain('Wait until the penalty is over');
    expect(text).toContain('This answer was not verified');
    expect(terminal({ exclusions: [] })).toContain('not recorded how far one looked');
  });

  it('renderDiscoveryTerminal tells traffic from probes', () => {
    const text = terminal({ mode: 'traffic', target: { kind: 'traffic', name: 'my.har' } });
    expect(text).toContain('a limit that was never reached leaves no trace');
    expect(text).toContain('9,876 requests of the traffic were read');
    expect(text).toContain('ratelab discover decides what traffic cannot');
  });
});

describe('the formats of a discovery', () => {
  it('every format holds each sentence, and nothing that a stranger named is markup', () => {
    for (const text of everywhere()) {
      for (const said of ['60 requests in 61.234', 'About 7 units in 10', 'per token', 'hidden by a tighter limit'])
        expect(text.includes(said)).toBe(true);
    }
    const [html = '', markdown = ''] = everywhere();
    expect(html.includes('<img')).toBe(false);
    expect(html.split('</script>').length).toBe(5);
    expect(html.includes('&lt;img src=x')).toBe(true);
    // In Markdown outside of code, a tag is text; inside code it is text anyway.
    expect(markdown.replaceAll(/`+[^`]*`+/g, '')).not.toMatch(/<(?!\/?(?:details|summary)>)/);
  });

  it('the page draws staircase and recovery of each limit that has them, and lists who shares it', () => {
    const html = page();
    expect(html.split('<svg viewBox="0 0 440 210"').length).toBe(5);
    expect(html.includes('aria-label="Of 360 offered in 2m25s, 180 were admitted (50.0\u00A0%)."')).toBe(true);
    expect(
      html.includes('Requests passed again from 61.234\u00A0s after a rejection on, and not yet at 61.233\u00A0s.'),
    ).toBe(true);
    expect(html.includes('Exhausted as one, probed as another: 1 found it exhausted, 1 did not, 1 told nothing.')).toBe(
      true,
    );
    expect(isSound(html)).toBe(true);
  });

  it('interference between several becomes a matrix', () => {
    const pair = (a: string, b: string, outcome: 'shared' | 'separate') => ({
      exhausted: { identity: a, route: 'users' },
      probed: { identity: b, route: 'users' },
      outcome,
    });
    const interference = [pair('a', 'b', 'shared'), pair('b', 'a', 'shared'), pair('a', 'c', 'separate')];
    const [limit] = buildDiscoveryReport(
      sampleDiscovery({
        limits: [sampleLimit({ evidence: { staircase: [], recovery: [], interference } })],
        headers: { ...sampleDiscovery().headers, speaksOf: null },
      }),
    ).limits;
    expect(limit?.interference?.table).toEqual({
      columns: ['Exhausted as', 'b on users', 'a on users', 'c on users'],
      rows: [
        ['a on users', 'shared', '–', 'separate'],
        ['b on users', '–', 'shared', '–'],
      ],
    });
  });

  it.each<[string, Partial<DiscoveryResults>]>([
    [
      'evidence at one moment',
      {
        limits: [
          sampleLimit({
            evidence: {
              staircase: [
                { atMs: 5, offered: 0, admitted: 0 },
                { atMs: 5, offered: 0, admitted: 0 },
              ],
              recovery: [{ afterMs: 0, outcome: 'rejected' }],
              interference: [],
            },
          }),
        ],
      },
    ],
    [
      'evidence of 20,000 points',
      {
        limits: [
          sampleLimit({
            evidence: {
              staircase: Array.from({ length: 20_000 }, (_, at) => ({ atMs: at, offered: at, admitted: 0 })),
              recovery: Array.from({ length: 20_000 }, (_, at) => ({
                afterMs: at * 1e6,
                outcome: 'admitted' as const,
              })),
              interference: Array.from({ length: 20_000 }, (_, at) => ({
                exhausted: { identity: `${at}`, route: 'r' },
                probed: { identity: `${at}`, route: 'r' },
                outcome: 'shared' as const,
              })),
            },
          }),
        ],
      },
    ],
    ['a start that is no date', { startedAtMs: 1e300 }],
  ])('the page bears %s', (_, change) => {
    const html = page(sampleDiscovery(change));
    expect(isSound(html)).toBe(true);
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('the same results give the same bytes', () => {
    expect(everywhere()).toEqual(everywhere());
    expect(page()).toContain(hostileName.slice(5, 10));
  });
});
