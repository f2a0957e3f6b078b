/** Which version of a library a run would use, and whether there is one. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inputError } from '../results/input-error.ts';
import { parseStrategy } from '../strategies/index.ts';
import type { Strategy } from '../strategies/strategy.ts';

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

/**
 * The strategy of a spec, whose libraries are installed.
 *
 * @throws InputError that names the command which installs what is missing; the spec parser's own error for a wrong spec.
 */
export function installedStrategy(spec: string): Strategy {
  const strategy = parseStrategy(spec);
  for (const name of strategy.foreign?.packages ?? []) {
    if (packageVersion(name) === null)
      throw inputError(
        'run',
        spec,
        `package ${name} must be installed (npm install --save-dev ${name}), but it is not found`,
      );
  }
  return strategy;
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
