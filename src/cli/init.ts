/** `ratelab init`: what a project needs to test a limiter of its own. Never overwrites. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { inputError } from '../results/input-error.ts';
import { isThere, reasonOf } from './files.ts';
import type { Io } from './io.ts';
import { packageManagers, type PackageManager } from './package-managers.ts';
import type { CommandContext } from './program.ts';
import { CONFIG_FILES } from './settings.ts';

interface InitFlags {
  readonly dryRun?: boolean;
}

/** Options and action. */
export function setUpInit(command: Command, { io }: CommandContext): void {
  command
    .option('--dry-run', 'say what would be written, and write nothing')
    .action((flags: InitFlags) => init(flags.dryRun === true, io));
}

/** Files of the templates' folder, and where they go; `.ts` becomes `.mts` where the project is not a package of ES modules. */
const TEMPLATES: readonly (readonly [template: string, target: string])[] = [
  ['ratelab.config.ts', 'ratelab.config.ts'],
  ['my-limiter.ts', 'my-limiter.ts'],
  ['my-scenario.ts', 'my-scenario.ts'],
  ['my-limiter.test.ts', 'my-limiter.test.ts'],
  ['ratelab.yml', '.github/workflows/ratelab.yml'],
];

async function init(isDryRun: boolean, io: Io): Promise<void> {
  const project = await readProject(io.cwd);
  for (const [template, target] of TEMPLATES) {
    const path = endings(target, project);
    const there = await obstacle(path, io.cwd);
    if (there !== null) {
      io.stdout.write(`kept   ${there} (it is there already)\n`);
      continue;
    }
    const text = fitted(await templateText(template), template, project);
    if (!isDryRun) await writeNew(resolve(io.cwd, path), path, text);
    io.stdout.write(`${isDryRun ? 'would write' : 'wrote '} ${path}\n`);
  }
  io.stdout.write(nextSteps(project));
}

/** What is known of the project that the files are written for. */
interface Project {
  readonly isEsm: boolean;
  readonly manager: PackageManager;
  /** Packages that the files need and package.json does not name. */
  readonly missing: readonly string[];
}

interface PackageJson {
  readonly type?: unknown;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

async function readProject(cwd: string): Promise<Project> {
  const file = await readPackageJson(cwd);
  const named = { ...file.dependencies, ...file.devDependencies };
  let manager = packageManagers[0];
  for (const candidate of packageManagers) {
    if (await isThere(join(cwd, candidate.lockFile))) manager = candidate;
  }
  return {
    isEsm: file.type === 'module',
    manager,
    missing: ['ratelab', 'vitest'].filter((name) => !Object.hasOwn(named, name)),
  };
}

async function readPackageJson(cwd: string): Promise<PackageJson> {
  let text: string;
  try {
    text = await readFile(join(cwd, 'package.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw inputError('read', 'package.json', reasonOf(error), error);
  }
  try {
    return (JSON.parse(text) ?? {}) as PackageJson;
  } catch (error) {
    throw inputError('read', 'package.json', `it must be JSON, but ${(error as Error).message}`, error);
  }
}

/** The name of a file that stands where one would be written (for the config file, under any of its names); null: the place is free. */
async function obstacle(path: string, cwd: string): Promise<string | null> {
  const names = path.startsWith('ratelab.config.') ? CONFIG_FILES : [path];
  for (const name of names) if (await isThere(resolve(cwd, name))) return name;
  return null;
}

function templateText(name: string): Promise<string> {
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../../../';
  return readFile(new URL(`${root}templates/init/${name}`, import.meta.url), 'utf8');
}

/** In a package of CommonJS only `.mts` is a module of ES. */
function endings(text: string, { isEsm }: Project): string {
  return isEsm ? text : text.replaceAll(/\b((?:my-[a-z]+(?:\.test)?|ratelab\.config)\.)([jt]s)\b/g, '$1m$2');
}

function fitted(text: string, template: string, project: Project): string {
  if (!template.endsWith('.yml')) return endings(text, project);
  const { manager } = project;
  return text
    .replace(/^( *)- run: npm ci$/m, (_, indent: string) =>
      manager.install.map((run) => `${indent}- run: ${run}`).join('\n'),
    )
    .replaceAll('- run: npx ', `- run: ${manager.run} `);
}

async function writeNew(file: string, shown: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    // Fails where a file has come up meanwhile.
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    // Half a file is worse than none.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(file, { force: true }).catch(() => {});
    throw inputError('write', shown, reasonOf(error), error);
  }
}

function nextSteps(project: Project): string {
  const { manager, missing } = project;
  const limiter = endings('my-limiter.ts', project);
  const steps = [
    ...(missing.length === 0 ? [] : [[`${manager.addDev} ${missing.join(' ')}`, 'what the files need']]),
    [`${manager.run} vitest run`, `the tests of ${limiter}`],
    [`${manager.run} ratelab run`, `how ${limiter} does next to the others`],
    [`${manager.run} ratelab baseline save`, 'what it does now; commit the file'],
    [`${manager.run} ratelab gate`, 'from now on red when it gets worse'],
  ];
  const width = Math.max(...steps.map(([command = '']) => command.length));
  return `\nNext:\n${steps.map(([command = '', what]) => `  ${command.padEnd(width)}  ${what}\n`).join('')}`;
}
