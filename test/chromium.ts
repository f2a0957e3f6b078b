/** The browser of tests that look at pages. */
import { existsSync } from 'node:fs';

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
