/** The page in a real Chromium. Found by CHROMIUM_PATH or at the usual places; without one the tests are skipped, and that is said aloud. */
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
} from '../../test/chromium.ts';
import { fixtureResults } from './testing/fixture.ts';
import { hostileOrg } from './testing/fixture-timeline.ts';
import { writeReport } from './write-report.ts';

const found = chromiumFor('the report in a browser');

describe.skipIf(found === undefined)('report.html in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratelab-browser-'));
    await writeReport(fixtureResults({ seeds: 12 }), folder);
    address = pathToFileURL(join(folder, 'report.html')).href;
    browser = await launchChromium(found ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page, with everything it complained of. */
  async function open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const { page, complaints } = await watchedPage(browser, options, (url) => url === address);
    await page.goto(address);
    if (options.javaScriptEnabled !== false)
      await page.waitForFunction(() => [...document.querySelectorAll('canvas')].some((canvas) => canvas.width > 400));
    return { page, complaints };
  }

  /** How many colours each visible canvas shows. */
  const colours = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('canvas')]
        .filter((canvas) => canvas.offsetParent !== null)
        .map(
          (canvas) =>
            new Set(
              new Uint32Array(
                canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.buffer ??
                  new ArrayBuffer(0),
              ),
            ).size,
        ),
    );

  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it('report.html draws the charts of every tab and complains of nothing', async () => {
    const { page, complaints } = await open();
    const tabs = await page.locator('.tablist label').all();
    expect(tabs).toHaveLength(5);
    for (const tab of tabs) {
      await tab.click();
      const shown = await colours(page);
      expect(shown).toHaveLength(5);
      for (const count of shown) expect(count).toBeGreaterThan(8);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('report.html is accessible by axe in the %s theme', async (colorScheme) => {
    const { page } = await open({ colorScheme });
    for (const tab of [0, 4]) {
      await page.locator(`label[for=tab-${tab}]`).click();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.close();
  });

  it('report.html fits 400 px without scrolling sideways, in every tab', async () => {
    const { page, complaints } = await open({ viewport: { width: 400, height: 800 } });
    for (const tab of await page.locator('.tablist label').all()) {
      await tab.click();
      expect(await overflow(page)).toBe(0);
    }
    const small = await page.evaluate(
      () =>
        [...document.querySelectorAll('main p, main td, main th, main li, main h1, main dd')].filter(
          (element) =>
            (element as HTMLElement).offsetParent !== null &&
            Number.parseFloat(getComputedStyle(element).fontSize) < 12,
        ).length,
    );
    expect(small).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('report.html is complete with scripts blocked', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for (const panel of await page.locator('.panel').all()) expect(await panel.isVisible()).toBe(true);
    expect(await page.locator('.panel').count()).toBe(5);
    const stills = await page
      .locator('img.twin')
      .evaluateAll((images) =>
        images.map(
          (image) =>
            (image as HTMLImageElement).offsetParent !== null && (image as HTMLImageElement).naturalWidth > 300,
        ),
      );
    expect(stills).toHaveLength(25);
    expect(stills).not.toContain(false);
    expect(await page.locator('canvas:visible').count()).toBe(0);
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  it('report.html prints every panel with its still images, light whatever the theme', async () => {
    const { page } = await open({ colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true });
    expect((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length).toBeGreaterThan(10);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 690, height: 1000 });
    const panels = await page
      .locator('.panel')
      .evaluateAll((elements) =>
        elements.map(
          (element) =>
            (element as HTMLElement).offsetHeight > 500 &&
            [...element.querySelectorAll('img.twin')].every((image) => (image as HTMLElement).offsetHeight > 100),
        ),
      );
    expect(panels).toEqual([true, true, true, true, true]);
    expect(await page.locator('canvas:visible').count()).toBe(0);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(21, 24, 30)');
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  it('report.html shows a hostile organization as text', async () => {
    const { page, complaints } = await open();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain(hostileOrg);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('report.html works from the keyboard: tabs, the cursor over both runs, the theme', async () => {
    const { page } = await open();
    await page.locator('#tab-0').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.panel-1').isVisible()).toBe(true);
    expect(new URL(page.url()).hash).toBe('#sc-interactions-query');
    await page.locator('#cursor-1').focus();
    await page.keyboard.press('PageUp');
    const read = await page.locator('.panel-1 .read').allInnerTexts();
    expect(read).toHaveLength(2);
    for (const text of read) expect(text).toMatch(/: free .*, accepted .*\/s, refused .*\/s, waiting /);
    await page.locator('#theme').press('Enter');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(15, 18, 23)');
    expect((await colours(page)).every((count) => count > 8)).toBe(true);
    await page.close();
  });

  it('report.html filters claims by verdict and opens them from links', async () => {
    const { page } = await open();
    const rows = page.locator('.claims tbody tr:visible');
    const all = await rows.count();
    await page.locator('label[for=claims-refuted]').click();
    expect(await rows.count()).toBeLessThan(all);
    for (const row of await rows.all()) expect(await row.innerText()).toContain('Refuted');
    await page.locator('.panel:visible .tested a:has-text("Depends")').first().click();
    await expect.poll(() => rows.count()).toBe(all);
    await page.locator('.claims .src a').last().click();
    await expect.poll(() => page.locator('.panel-4').isVisible()).toBe(true);
    await page.close();
  });
});
