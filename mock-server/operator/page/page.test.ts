/** The live page in a real Chromium. Found by CHROMIUM_PATH or at the usual places; without one the tests are skipped, and that is said aloud. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFor, watchedPage, type WatchedPage } from '../../../test/chromium.ts';
import type { OperatorDoor } from '../door.ts';
import { callerOf, doorOf, KEY, operated, type Operated, smallPolicy } from '../testing/operated.ts';

const found = chromiumFor('the live page in a browser');

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const hostile = '<img src=x onerror="alert(1)">';
const [perOrg, perToken] = smallPolicy.limits;
const hostilePolicy = {
  ...smallPolicy,
  limits: [perOrg, { ...perToken, algorithm: { ...perToken?.algorithm, limit: 25 } }],
  title: `${hostile} & 'quoted' "title"`,
  description: `</script><script>alert(2)</script>${hostile}`,
};
/** A page has as long as it needs on a busy machine. */
const PATIENT = { timeout: 20_000 };
const acme = callerOf('acme');
const stranger = callerOf(hostile, `</script>${hostile}`);

describe.skipIf(found === undefined)('the live page in Chromium', () => {
  let browser: Browser;
  let busy: Operated & { door: OperatorDoor };
  let fresh: Operated & { door: OperatorDoor };

  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
    browser = await chromium.launch({ executablePath: found ?? '', args });
    const one = operated([acme, stranger], hostilePolicy);
    busy = { ...one, ...(await doorOf(one)) };
    for (let second = 0; second < 40; second++) {
      for (let index = 0; index < second % 7; index++) await one.send(second % 3 === 0 ? stranger : acme);
      one.time.advance(1000);
    }
    for (let times = 0; times < 8; times++) await one.send(stranger, `/api/v2/users/${hostile}`);
    const other = operated([acme]);
    fresh = { ...other, ...(await doorOf(other)) };
  });

  afterAll(async () => {
    await browser?.close();
    await busy?.door.close();
    await fresh?.door.close();
  });

  /** Opens the page of a door as a person does, and waits for its first update; with everything that it complained of. */
  async function open(door: OperatorDoor, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const { page, complaints } = await watchedPage(browser, options, (url) => url.startsWith(`${door.url}/`));
    await page.goto(door.pageUrl);
    await page.locator('[data-state=live]').waitFor();
    return { page, complaints };
  }

  const said = (page: Page) => page.locator('#said').innerText();

  it('is opened by the printed address, and the key leaves the address bar', async () => {
    const { page, complaints } = await open(busy.door);
    expect(page.url()).toBe(`${busy.door.url}/`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(await page.content()).not.toContain(KEY);
    expect(await page.locator('#name').innerText()).toBe('small');
    expect(await page.locator('#causes tr').count()).toBe(4);
    expect(await page.locator('#chart path').count()).toBe(3);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows hostile organizations, clients, paths and policies as text', async () => {
    const { page, complaints } = await open(busy.door);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('#title').innerText()).toBe(hostilePolicy.title);
    expect(await page.locator('#description').innerText()).toBe(hostilePolicy.description);
    const log = await page.locator('#decisions').innerText();
    for (const text of [stranger.org, stranger.client, `GET /api/v2/users/${hostile}`]) expect(log).toContain(text);
    expect(await page.locator('#limits').innerText()).toContain(stranger.org);
    expect(await page.locator('body').innerText()).not.toContain('secret-');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ['light', 1280, 'busy'],
    ['dark', 1280, 'busy'],
    ['light', 400, 'busy'],
    ['dark', 400, 'fresh'],
  ] as const)('is accessible by axe: %s, %i px wide, %s', async (colorScheme, width, which) => {
    const { door } = which === 'busy' ? busy : fresh;
    const { page, complaints } = await open(door, { colorScheme, viewport: { width, height: 800 } });
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { run } = (
        globalThis as unknown as {
          axe: {
            run: () => Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }>;
          };
        }
      ).axe;
      return (await run()).violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`,
      );
    });
    expect(violations).toEqual([]);
    const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(overflow)).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('without any data says so', async () => {
    const { page, complaints } = await open(fresh.door);
    expect(await page.locator('#decisions').innerText()).toContain('Nothing has been decided yet');
    expect(await page.locator('#limits').innerText()).toContain('No bucket yet');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('carries out orders from the keyboard: reset, clock, speed, policy', async () => {
    const it = operated([acme]);
    const { door } = await doorOf(it);
    const { page, complaints } = await open(door);
    for (let times = 0; times < 6; times++) await it.send(acme);
    const before = it.time.nowMs;
    await page.locator('[data-advance="10000"]').press('Enter');
    await expect.poll(() => said(page), PATIENT).toBe('The clock moved on by 10 s.');
    expect(it.time.nowMs).toBe(before + 10_000);
    await expect.poll(() => page.locator('#rejected').innerText(), PATIENT).toBe('1');
    await page.locator('#reset').press('Enter');
    await expect.poll(() => said(page), PATIENT).toBe('All buckets are full again.');
    await expect.poll(() => page.locator('#rejected').innerText(), PATIENT).toBe('0');
    await page.locator('#policy').selectOption('teaching-fixed-window');
    await page.getByRole('button', { name: 'Change' }).press('Enter');
    await expect.poll(() => page.locator('#name').innerText(), PATIENT).toBe('teaching-fixed-window');
    expect(it.platform.gateway.policy.name).toBe('teaching-fixed-window');
    await page.locator('[data-speed="10"]').press('Enter');
    await expect.poll(() => page.locator('[data-speed="10"]').getAttribute('aria-pressed'), PATIENT).toBe('true');
    expect(it.time.speed).toBe(10);
    it.time.setSpeed(0);
    expect(complaints).toEqual([]);
    await page.close();
    await door.close();
  });

  it('reads any second of the chart from the keyboard', async () => {
    const { page } = await open(busy.door);
    const slider = page.locator('#second');
    await slider.press('End');
    expect(await page.locator('#reading').innerText()).toMatch(
      / UTC: \d+ admitted, \d+ by per-(?:org|token)(?:, \d+ by per-token)? rejected$/,
    );
    const last = await slider.getAttribute('aria-valuetext');
    await slider.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(last);
    await page.close();
  });

  it('stands still while paused, and shows what came meanwhile afterwards', async () => {
    const it = operated([acme]);
    const { door, wall } = await doorOf(it);
    const { page } = await open(door);
    const { page: other } = await open(door);
    await page.locator('#pause').click();
    await it.send(acme);
    wall.advance(1000);
    await expect.poll(() => other.locator('#admitted').innerText(), PATIENT).toBe('1');
    expect(await page.locator('#admitted').innerText()).toBe('0');
    expect(await page.locator('#connection').innerText()).toBe('paused');
    await page.locator('#pause').click();
    await expect.poll(() => page.locator('#admitted').innerText(), PATIENT).toBe('1');
    await other.close();
    await page.close();
    await door.close();
  });

  it('says that the gateway has gone', async () => {
    const { door } = await doorOf(operated([acme]));
    const { page } = await open(door);
    await door.close();
    await page.locator('[data-state=off]').waitFor();
    expect(await page.locator('#connection').innerText()).toContain('not connected');
    await page.locator('#reset').click();
    await expect.poll(() => said(page), PATIENT).toBe('The gateway did not answer.');
    await page.close();
  });
});
