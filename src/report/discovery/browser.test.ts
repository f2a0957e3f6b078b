/** The page of a discovery in a real browser: no request to anywhere, accessible, light, dark, narrow, in print and without scripts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults,
  chromiumFor,
  launchChromium,
  watchedPage,
  type WatchedPage,
} from '../../../test/chromium.ts';
import { writeReportFiles } from '../write-report.ts';
import { discoveryReportFiles } from './files.ts';
import { hostileName, sampleDiscovery } from './testing/sample-discovery.ts';

const found = chromiumFor('the discovery report in a browser');

describe.skipIf(found === undefined)('discovery.html in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratelab-discovery-'));
    await writeReportFiles(discoveryReportFiles(sampleDiscovery()), folder);
    address = pathToFileURL(join(folder, 'discovery.html')).href;
    browser = await launchChromium(found ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const { page, complaints } = await watchedPage(browser, options, (url) => url === address);
    await page.goto(address);
    return { page, complaints };
  }

  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
  ] as const)(
    'discovery.html draws its evidence, is accessible and complains of nothing: %s, %i px',
    async (colorScheme, width) => {
      const { page, complaints } = await open({ colorScheme, viewport: { width, height: 900 } });
      const drawings = await page
        .locator('article svg[role=img][viewBox="0 0 440 210"]')
        .evaluateAll((all) => all.map((each) => (each as SVGElement).getBoundingClientRect().height > 100));
      expect(drawings).toEqual([true, true, true, true]);
      expect(await overflow(page)).toBe(0);
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      expect(await page.locator('body').innerText()).toContain(hostileName.slice(0, 20));
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('discovery.html follows the choice of theme', async () => {
    const { page, complaints } = await open({ colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    await page.click('#theme');
    expect(await background()).not.toBe(before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('discovery.html is complete with scripts blocked, and in print', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for (const medium of ['screen', 'print'] as const) {
      await page.emulateMedia({ media: medium });
      expect(await page.locator('article svg[role=img][viewBox="0 0 440 210"]:visible').count()).toBe(4);
      expect(await page.locator('h3:visible', { hasText: '60 requests in 61.234' }).count()).toBe(1);
      expect(await overflow(page)).toBe(0);
    }
    await page.close();
  });
});
