/** Writes the generated pages of this folder: `npx jiti docs/build.ts`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strategyPages } from '../src/strategies/pages.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs/strategies');
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name));
for (const { path, markdown } of strategyPages()) writeFileSync(join(root, path), markdown);
