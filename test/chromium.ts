/** The browser of tests that look at pages. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium by CHROMIUM_PATH or at a usual place. Undefined: there is none, `what` has to be skipped, and that was said aloud. */
export function chromiumFor(what: string): string | undefined {
  const found = [process.env['CHROMIUM_PATH'] ?? '', ...USUAL].find((path) => path !== '' && existsSync(path));
  if (found === undefined) console.warn(`SKIPPED: ${what}. No Chromium was found; set CHROMIUM_PATH to one.`);
  return found;
}

/** A page that is watched. */
export interface WatchedPage {
  readonly page: Page;
  /** Everything it said on the console, threw, asked a person or requested from where it may not; it grows while the page lives. */
  readonly complaints: string[];
}

/** Opens an empty page, 1280 by 900 unless the options say otherwise; `data:` URLs and those that `isItsOwn` are no complaint. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions,
  isItsOwn: (url: string) => boolean,
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && !isItsOwn(url)) complaints.push(`request: ${url}`);
  });
  return { page, complaints };
}

/** Starts the Chromium at this path, as quiet as it can be. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args });
}

/** What axe finds fault with on the page as it is now, a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
    }
    type Axe = { run: () => Promise<{ violations: readonly Violation[] }> };
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join(' | ')}`,
    );
  });
}
