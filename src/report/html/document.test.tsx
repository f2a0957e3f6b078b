import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildReport } from '../model.ts';
import type { ReportModel } from '../shape.ts';
import { fixtureResults } from '../testing/fixture.ts';
import { hostileOrg } from '../testing/fixture-timeline.ts';
import { reportFiles } from '../write-report.ts';
import { jsonIsland, renderHtml } from './document.tsx';

let model: ReportModel;
let html: string;
beforeAll(async () => {
  model = buildReport(fixtureResults());
  html = String((await reportFiles(model)).find(({ path }) => path === 'report.html')?.content);
});

describe('renderHtml', () => {
  it('renderHtml stays under a megabyte with five scenarios, still images and all', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(25);
  });

  it('renderHtml gives the same bytes for the same results', () => {
    const once = () => renderHtml(buildReport(fixtureResults({ seeds: 6 })), { chartJs: '', twins: {} });
    expect(once()).toBe(once());
  });

  it('renderHtml allows exactly the scripts that it holds', () => {
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source]) =>
      createHash('sha256')
        .update(source ?? '')
        .digest('base64'),
    );
    const allowed = [...(/script-src ([^;"]*)/.exec(html)?.[1] ?? '').matchAll(/'sha256-([^']*)'/g)].map(
      ([, hash]) => hash,
    );
    expect(scripts).toHaveLength(3);
    expect(allowed).toEqual(scripts);
    expect(html).toContain("default-src 'none'");
  });

  it('renderHtml asks for nothing from elsewhere', () => {
    const markup = html.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(markup).not.toMatch(/(?:src|href)="(?!#|data:)/);
    expect(markup).not.toMatch(/url\((?!data:)/);
  });

  it('renderHtml keeps a hostile organization text', () => {
    expect(hostileOrg).toContain('</script>');
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('&lt;/script>&lt;img src=x onerror=alert(1)>');
  });

  it('renderHtml shows every panel, claim and scenario without scripts', () => {
    const body = html.slice(html.indexOf('<body>'));
    expect(body.match(/<section class="panel /g)).toHaveLength(5);
    expect(body.match(/<tr id="claim-/g)).toHaveLength(model.claims.advice.length + model.claims.observed.length);
    expect(html).toContain('html:not(.js) .twin');
  });

  it('renderHtml refuses a script that would close its own element', () => {
    expect(() => renderHtml(model, { chartJs: 'x="</script>"', twins: {} })).toThrow('Cannot inline a script');
  });
});

describe('jsonIsland', () => {
  it('jsonIsland parses back and holds nothing that ends a script or a line', () => {
    const value = { name: hostileOrg, lines: 'a\u2028b\u2029c' };
    const island = jsonIsland(value);
    expect(island).not.toMatch(/[<\u2028\u2029]/);
    expect(JSON.parse(island)).toEqual(value);
  });
});
