import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixtureResults } from './testing/fixture.ts';
import { writeReport } from './write-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratelab-report-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const results = fixtureResults({ seeds: 6, scenarios: 1 });
const contents = async (path: string) =>
  Promise.all(
    (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name), 'base64')] as const),
  );

describe('writeReport', () => {
  it('writeReport writes the page, the Markdown and its charts, byte for byte the same again', async () => {
    await writeReport(results, join(folder, 'a'));
    await writeReport(JSON.parse(JSON.stringify(results)), join(folder, 'b'));
    const [a, b] = [await contents(join(folder, 'a')), await contents(join(folder, 'b'))];
    expect(new Set(a.map(([name]) => name))).toEqual(
      new Set([
        'report.html',
        'report.md',
        ...['forest', 'scatter', 'ecdf', 'lanes-1', 'lanes-2'].map((name) => `bulk-segments-${name}.png`),
      ]),
    );
    expect(new Map(b)).toEqual(new Map(a));
  });

  it('writeReport refers in Markdown to charts that exist', async () => {
    await writeReport(results, folder);
    const markdown = await readFile(join(folder, 'report.md'), 'utf8');
    const named = [...markdown.matchAll(/\(charts\/([^)]*)\)/g)].map(([, name]) => name);
    expect(named).toHaveLength(5);
    expect(await readdir(join(folder, 'charts'))).toEqual(expect.arrayContaining(named));
  });

  it('writeReport says what is wrong with a folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeReport(results, join(folder, 'file', 'reports'))).rejects.toThrow(
      /^Cannot write report to .*: the folder must be writable, current value is ENOTDIR/,
    );
  });

  it('writeReport leaves nothing half written when a file cannot be placed', async () => {
    await mkdir(join(folder, '.report.md.partial'));
    await expect(writeReport(results, folder)).rejects.toThrow('Cannot write report to');
    expect(await readdir(folder)).toEqual(
      expect.not.arrayContaining(['report.html', 'report.md', '.report.html.partial']),
    );
  });
});
