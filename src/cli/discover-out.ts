/** Where a discovery leaves its files, and what it never touches. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { policyOfDiscovery } from '../discovery/answer/policy.ts';
import { discoveryReportFiles } from '../report/discovery/files.ts';
import { writeReportFiles } from '../report/write-report.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import type { DiscoveryResults } from '../results/discovery-results.ts';
import { inputError } from '../results/input-error.ts';
import { checkWritable, isThere, readJson, reasonOf, writeWhole } from './files.ts';
import { readLog } from './discover-log.ts';

const RESULTS = 'discovery.json';
const POLICY = 'discovered.policy.json';
/** The log's name in the folder, unless `--log` names one. */
export const LOG = 'probes.jsonl';
const OURS = [RESULTS, POLICY, LOG, 'discovery.html', 'discovery.md'];

/**
 * Makes sure that the folder takes files and holds none of somebody else's that would be overwritten.
 *
 * @param withLog Whether the log goes there too, and begins afresh.
 * @throws InputError naming the file.
 */
export async function checkFolder(directory: string, shown: string, withLog: boolean): Promise<void> {
  await checkWritable(directory, shown);
  const there = new Set(await readdir(directory));
  const log = there.has(LOG) ? await readLog(join(directory, LOG), directory).catch(() => null) : null;
  const isOurs = log !== null || (await isDiscovery(join(directory, RESULTS), directory));
  const foreign = OURS.find((name) => there.has(name));
  if (!isOurs && foreign !== undefined)
    throw inputError(
      'write to',
      shown,
      `${foreign} there is none of ratelab discover's, and would be overwritten (--out names another folder)`,
    );
  if (!withLog || !there.has(LOG)) return;
  if (log === null)
    throw inputError('write to', shown, `${LOG} there is no log of ratelab discover, and would be overwritten`);
  if (log.end === 'complete' || log.end === 'stopped' || log.events.length === 0) return;
  const what = `${LOG} there is the log of an interrupted discovery, ${log.events.length} probes, which would be lost`;
  throw inputError('write to', shown, `${what}: --resume goes on with it, --out names another folder`);
}

/** A log named by `--log` begins afresh, so there must be nothing yet. */
export async function checkNewLog(path: string, shown: string): Promise<void> {
  if (await isThere(path))
    throw inputError('write', shown, 'there is a file of that name (--resume goes on with a log)');
}

/** Writes all files but the log; names them. */
export async function writeDiscovery(results: DiscoveryResults, directory: string): Promise<string[]> {
  const report = discoveryReportFiles(results);
  await writeWhole(join(directory, RESULTS), canonicalJson(results));
  await writeWhole(join(directory, POLICY), canonicalJson(policyOfDiscovery(results)));
  await writeReportFiles(report, directory);
  return [RESULTS, POLICY, ...report.map(({ path }) => path).filter((path) => !path.includes('/'))];
}

async function isDiscovery(path: string, cwd: string): Promise<boolean> {
  if (!(await isThere(path))) return false;
  try {
    return ((await readJson(path, cwd)) as { kind?: unknown } | null)?.kind === 'discovery';
  } catch (error) {
    throw inputError('write', path, reasonOf(error), error);
  }
}
