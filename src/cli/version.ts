/** The package's version, from its own package.json. */
import { readFileSync } from 'node:fs';

/** For example `0.1.0`. */
export const VERSION: string = readVersion();

function readVersion(): string {
  // As sources this file is two folders below the package, built it is three.
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'ratelab' && version !== undefined) return version;
    } catch {
      // Not there: look in the next place.
    }
  }
  return 'unknown';
}
