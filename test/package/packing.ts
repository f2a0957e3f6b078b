/** The package as the registry would get it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm pack` says of the package. */
export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** An empty folder, gone after the tests, with nothing but the packed package (the build is there already). */
export function packedInEmptyFolder(): { readonly project: string; readonly packed: Packed; readonly tarball: string } {
  const project = mkdtempSync(join(tmpdir(), 'ratelab-package-'));
  afterAll(() => rmSync(project, { recursive: true, force: true }));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', project];
  const output = execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  // npm 12 gives an object by name, npm 11 and before a list.
  const [packed] = Object.values(JSON.parse(output) as Packed[] | Record<string, Packed>);
  if (packed === undefined) throw new Error('npm pack printed nothing');
  return { project, packed, tarball: join(project, packed.filename) };
}
