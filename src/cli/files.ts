/** Files of the command line: read with a limit, written whole or not at all. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inputError } from '../results/input-error.ts';
import { parseResults } from '../results/parse-results.ts';
import type { SuiteResults } from '../results/results.ts';

/** Largest file read, in bytes: ten times a suite of 100 seeds. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Reads a results file.
 *
 * @throws InputError when it cannot be read, is too large, is not JSON or is not a results file.
 */
export async function readResults(path: string, cwd: string): Promise<SuiteResults> {
  return parseResults(await readJson(path, cwd), path);
}

/**
 * Reads a JSON file.
 *
 * @throws InputError when it cannot be read, is too large or is not JSON.
 */
export async function readJson(path: string, cwd: string): Promise<unknown> {
  const text = await readText(resolve(cwd, path), path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw inputError('read', path, `it must be JSON, but ${(error as Error).message}`, error);
  }
}

/** Whether there is something at a path (absolute); what a symbolic link points to, not the link. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Makes sure that a folder exists and takes files, before any work is done for it.
 *
 * @throws InputError when it does not.
 */
export async function checkWritable(directory: string, shown: string): Promise<void> {
  const probe = join(directory, `.ratelab-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw inputError('write to', shown, `it must be a folder that takes files, but ${reasonOf(error)}`, error);
  }
}

/** Writes one file under a temporary name, then gives it its own: a reader never sees half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw inputError('write', path, reasonOf(error), error);
  }
}

async function readText(file: string, shown: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= FILE_BYTES_MAX) return await readFile(file, 'utf8');
  } catch (error) {
    throw inputError('read', shown, reasonOf(error), error);
  }
  throw inputError('read', shown, `it must be at most ${FILE_BYTES_MAX / 1024 / 1024} MB`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'there is a file of that name',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
};

/** Why the system did not do what was asked, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}
