/** How the tests of the command line run it: in this process with made-up surroundings, or as users do, as a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';

/** What a command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A folder of its own with the given files; gone after the tests. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratelab-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command line in this process, all trials in this thread. */
export async function ratelab(argv: readonly string[], cwd: string, change: Partial<Io> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const output = { isTerminal: false, colour: false, columns: 100 };
  const io: Io = {
    stdout: { ...output, write: (text) => void (stdout += text) },
    stderr: { ...output, write: (text) => void (stderr += text) },
    cwd,
    env: {},
    nodeVersion: '20.20.0',
    unicode: true,
    cores: 1,
    onInterrupt: () => () => {},
    ...change,
  };
  const inThread = argv[0] === 'run' ? [...argv, '--workers', '0'] : argv;
  return { code: await runCommandLine(inThread, io), stdout, stderr };
}

/** Starts the built command as a process of its own, with further arguments of Node before it. */
export function startRatelab(
  argv: readonly string[],
  cwd: string,
  nodeArgv: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  if (!existsSync(main)) throw new Error(`${main} must be there: run npm run build first`);
  return spawn(process.execPath, [...nodeArgv, main, ...argv], { cwd });
}

/** Runs the built command to its end. */
export function spawnRatelab(argv: readonly string[], cwd: string, nodeArgv: readonly string[] = []): Promise<Outcome> {
  return ended(startRatelab(argv, cwd, nodeArgv));
}

/** What a started command leaves behind. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** A small scenario as a user would write it: twenty calls of two organizations against ten at once and five a second. */
export const smallScenario = `
import { createWorkload, defineScenario, senders } from 'ratelab';

export default defineScenario({
  name: 'small',
  title: 'A small scenario',
  thread: { says: ['It fails.'], advice: ['Wait.'] },
  startsAt: '2026-03-02T09:00:00Z',
  policy: {
    name: 'small',
    limits: [{ name: 'quota', scope: ['org'], algorithm: { kind: 'token-bucket', capacity: 3, refillPerSecond: 5 } }],
  },
  parameters: { jobs: { value: 20, source: 'assumed', note: 'few' } },
  workload: ({ jobs }: { jobs: number }) =>
    createWorkload(
      senders(2),
      Array.from({ length: jobs }, (_, index) => ({ sender: index % 2, path: '/api/v2/things', availableMs: index })),
    ),
  facts: ({ jobs }: { jobs: number }) => [jobs + ' jobs'],
  strategies: ['none', 'retry-after'],
  proposal: 'retry-after',
  refusedShareMax: 0.2,
  deadlineMs: 600_000,
  attemptsPerJobMax: 50,
  variants: [],
  claims: [
    {
      id: 's.1',
      kind: 'symptom',
      says: 'Calls are refused.',
      needs: [{ strategy: 'none' }],
      restsOn: ['quota'],
      check: (evidence) => ({
        verdict: evidence.cell('none').trials.every(({ metrics }) => metrics.attempts.rejected > 0) ? 'holds' : 'refuted',
        evidence: 'Some are.',
        boundary: '',
        bars: [],
      }),
    },
  ],
});
`;
