/** Loads a user's own module: only ever a file that the user named. */
import { access, constants } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inputError } from '../results/input-error.ts';

/** Endings that Node loads by itself; everything else goes through jiti. */
const NATIVE = /\.(?:m|c)?js$/;

/**
 * Loads a module by absolute path and returns its exports. TypeScript is compiled on the fly (types are not checked).
 * `import ... from 'ratelab'` inside it means this very package.
 *
 * @throws InputError: *Cannot <action> <name>: ...* when the file is absent, does not compile, or throws while loading.
 */
export async function loadModule(file: string, action: string, name: string): Promise<Record<string, unknown>> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw inputError(action, name, `${file} must be a readable file, but it is not`, error);
  }
  try {
    return (await importFile(file)) as Record<string, unknown>;
  } catch (error) {
    throw inputError(action, name, `loading ${file} failed: ${messageOf(error)}`, error);
  }
}

async function importFile(file: string): Promise<unknown> {
  if (NATIVE.test(file)) return import(pathToFileURL(file).href);
  // Loaded when needed: most runs have no file to compile.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, { alias: packageAlias(), tryNative: false, interopDefault: false });
  return jiti.import(file);
}

/** The package's own built entries; run from sources (in tests), those that the last build left. */
function packageAlias(): Record<string, string> {
  const built = new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : '../../', import.meta.url);
  const at = (path: string) => fileURLToPath(new URL(path, built));
  return { 'ratelab/gateway': at('mock-server/index.js'), ratelab: at('src/index.js') };
}

/** The first line of whatever was thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n', 1)[0] ?? '';
}
