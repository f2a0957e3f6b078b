/**
 * The table of commands: all that `ratelab --help`, an unknown command and *did you mean* need. A command's own file is loaded only when
 * the command is asked for, so that none pays for what another one needs.
 */
import { Argument, type Command } from 'commander';
import { LIST_KINDS } from './list-kinds.ts';
import type { CommandContext } from './program.ts';

/** Gives a command, which has its name, summary and arguments already, its options and its action. */
export type SetUp = (command: Command, context: CommandContext) => void;

/** One command as it is seen from outside. */
export interface CommandEntry {
  readonly name: string;
  /** One line, for the help. */
  readonly summary: string;
  readonly arguments: readonly Argument[];
  /** Loads the command's own file. */
  readonly load: () => Promise<SetUp>;
}

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run scenarios with strategies in virtual time (or over real HTTP), and report which one wins',
    arguments: [
      new Argument(
        '[names...]',
        'scenarios: built-in names, or files (./my-scenario.ts); the five of the threads when left out',
      ),
    ],
    load: async () => (await import('./run.ts')).setUpRun,
  },
  {
    name: 'list',
    summary: 'list built-in scenarios, strategies with their parameters, libraries with their versions, and policies',
    arguments: [new Argument('[kind]', 'what to list; everything when left out').choices(LIST_KINDS)],
    load: async () => (await import('./list.ts')).setUpList,
  },
  {
    name: 'report',
    summary: 'make the report again from a results file: the same bytes every time',
    arguments: [new Argument('<results.json>', 'a results file')],
    load: async () => (await import('./report.ts')).setUpReport,
  },
  {
    name: 'compare',
    summary: 'compare two results files, paired by seed',
    arguments: [new Argument('<a.json>', 'results before'), new Argument('<b.json>', 'results after')],
    load: async () => (await import('./compare.ts')).setUpCompare,
  },
  {
    name: 'replay',
    summary: 'run one trial again and show its metrics, its timeline and its digest',
    arguments: [
      new Argument('<scenario>', 'a built-in scenario, or a file'),
      new Argument('<strategy>', 'a strategy spec, or a file'),
    ],
    load: async () => (await import('./replay.ts')).setUpReplay,
  },
  {
    name: 'gateway',
    summary: 'start the simulated platform as an HTTP server',
    arguments: [],
    load: async () => (await import('./gateway.ts')).setUpGateway,
  },
  {
    name: 'load',
    summary: 'drive a server or a policy with many requests: latency, rejections by cause, the first rejection',
    arguments: [new Argument('<target>', 'a URL on loopback, a built-in policy, or a policy file (JSON)')],
    load: async () => (await import('./load.ts')).setUpLoad,
  },
  {
    name: 'discover',
    summary:
      'probe a policy or a server, and find its limits: what each counts by, how, its numbers, what is not known',
    arguments: [new Argument('[target]', 'a URL on loopback, a built-in policy, or a policy file (JSON)')],
    load: async () => (await import('./discover.ts')).setUpDiscover,
  },
  {
    name: 'infer',
    summary: 'infer limits from your own traffic (HAR, or an access log as JSON lines), and say how little it decides',
    arguments: [new Argument('<files...>', 'HAR files (.har), or access logs with one JSON object a line')],
    load: async () => (await import('./infer.ts')).setUpInfer,
  },
  {
    name: 'baseline',
    summary: 'save what the build does now as the baseline of the gate, list it, or accept a new level',
    arguments: [
      new Argument('<action>', 'what to do').choices(['save', 'list', 'accept']),
      new Argument('[names...]', 'save: scenarios, built-in names or files; the config file\u2019s when left out'),
    ],
    load: async () => (await import('./baseline.ts')).setUpBaseline,
  },
  {
    name: 'gate',
    summary: 'hold the build against its baseline: exit 1 when it got worse',
    arguments: [],
    load: async () => (await import('./gate.ts')).setUpGate,
  },
  {
    name: 'init',
    summary: 'write a config file, a limiter to start from, a scenario, a test and a CI workflow; never overwrites',
    arguments: [],
    load: async () => (await import('./init.ts')).setUpInit,
  },
  {
    name: 'doctor',
    summary: 'check Node, cores, Chromium, and that the same trial gives the same digest everywhere',
    arguments: [],
    load: async () => (await import('./doctor.ts')).setUpDoctor,
  },
];

/** The command that a command line asks for, also where it asks for its help; undefined when it names none. */
export function commandAskedFor(argv: readonly string[]): CommandEntry | undefined {
  const [first, second] = argv.filter((argument) => !argument.startsWith('-'));
  const name = first === 'help' ? second : first;
  return commands.find((entry) => entry.name === name);
}
