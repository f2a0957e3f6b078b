/** The page of a load in a real browser: charts drawn, no request to anywhere, accessible, light, dark, narrow and without scripts. */
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
import { loadReportFiles } from './files.ts';
import { hostileName, sampleLoad } from './testing/sample-load.ts';

const found = chromiumFor('the load report in a browser');

describe.skipIf(found === undefined)('load.html in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratelab-load-'));
    await writeReportFiles(await loadReportFiles(sampleLoad()), folder);
    address = pathToFileURL(join(folder, 'load.html')).href;
    browser = await launchChromium(found ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const { page, complaints } = await watchedPage(browser, options, (url) => url === address);
    await page.goto(address);
    if (options.javaScriptEnabled !== false)
      await page.waitForFunction(() => [...document.querySelectorAll('canvas')].every((canvas) => canvas.width > 400));
    return { page, complaints };
  }

  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
  ] as const)(
    'load.html draws both charts, is accessible and complains of nothing: %s, %i px',
    async (colorScheme, width) => {
      const { page, complaints } = await open({ colorScheme, viewport: { width, height: 900 } });
      const colours = await page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((canvas) => {
          const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(image?.data.buffer ?? new ArrayBuffer(0))).size;
        }),
      );
      expect(colours).toHaveLength(2);
      for (const count of colours) expect(count).toBeGreaterThan(8);
      expect(await overflow(page)).toBe(0);
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      expect(await page.locator('body').innerText()).toContain(hostileName.slice(0, 20));
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('load.html is complete with scripts blocked, and in print', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for (const medium of ['screen', 'print'] as const) {
      await page.emulateMedia({ media: medium });
      const stills = await page
        .locator('img.twin')
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).offsetHeight > 100));
      expect(stills).toEqual([true, true]);
      expect(await page.locator('canvas:visible').count()).toBe(0);
    }
    await page.close();
  });
});
