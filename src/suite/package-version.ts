/** Which version of a library a run would use. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const known = new Map<string, string | null>();

/**
 * Version of an installed package, from its own package.json; null when it is not installed. It is looked for where `import` from this package
 * would find it. (Asking for `<name>/package.json` would fail for packages that do not export it.)
 */
export function packageVersion(name: string): string | null {
  const found = known.get(name) ?? readVersion(name);
  known.set(name, found);
  return found;
}

function readVersion(name: string): string | null {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return null;
}
