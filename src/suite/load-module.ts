/** Loads a user's own module: only ever a file that the user named. */
import { access, constants, readFile } from 'node:fs/promises';
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
    throw inputError(action, name, `loading ${file} failed: ${messageOf(error).trimEnd()}${lineText(error)}`, error);
  }
}

async function importFile(file: string): Promise<unknown> {
  if (NATIVE.test(file)) return import(pathToFileURL(file).href);
  // Loaded when needed: most runs have no file to compile.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, { alias: await packageAlias(), tryNative: false, interopDefault: true });
  return withTrueDefault(await jiti.import(file));
}

/** `interopDefault`, which imports of CommonJS packages need, invents a default export for modules of ES that have none. */
function withTrueDefault(module: unknown): unknown {
  const { __esModule: isEs } = module as { readonly __esModule?: unknown };
  return isEs === true && typeof module !== 'function' && !Object.keys(module as object).includes('default')
    ? { ...(module as object), default: undefined }
    : module;
}

/** This package's own entries by name, as its package.json exports them; run from sources (in tests), those that the last build left. */
async function packageAlias(): Promise<Record<string, string>> {
  const root = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url);
  const { exports } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as PackagePaper;
  return Object.fromEntries(
    Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === 'string' ? [] : [[`ratelab${entry.slice(1)}`, fileURLToPath(new URL(target.default, root))]],
    ),
  );
}

interface PackagePaper {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/** The first line of whatever was thrown. */
export function messageOf(error: unknown): string {
  return textOf(error).split('\n', 1)[0]!.slice(0, MESSAGE_LENGTH_MAX);
}

/** Where a file does not compile, as jiti says in the second line of its message; Node gives no such place to who catches the error. */
function lineText(error: unknown): string {
  const [, second = ''] = textOf(error).split('\n', 2);
  const line = /:(\d+):\d+\s*$/.exec(second)?.[1];
  return line === undefined ? '' : ` (line ${line})`;
}

const MESSAGE_LENGTH_MAX = 1000;

/** What was thrown need not be an error, nor have a text: getters and proxies may throw in turn. */
function textOf(error: unknown): string {
  try {
    const text: unknown = error instanceof Error ? error.message || error.name : error;
    return String(text);
  } catch {
    return 'something that cannot be described';
  }
}
