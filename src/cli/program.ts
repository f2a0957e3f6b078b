/** The command line: which commands there are, what they have in common, how errors and exit codes come out. */
import { Command, CommanderError, type Option } from 'commander';
import { commandAskedFor, commands } from './commands.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { VERSION } from './version.ts';

/** What a command is set up with: its surroundings, and where it leaves its exit code. */
export interface CommandContext {
  readonly io: Io;
  readonly exit: (code: ExitCode) => void;
}

const EXAMPLES = `Examples:
  ratelab run                                          all scenarios, all their strategies, 20 seeds
  ratelab run users-fifty-orgs --strategy 'token-bucket:ratePerSecond=5+retry-after' --strategy none
  ratelab run ./my-scenario.ts --strategy ./my-limiter.ts --seeds 10
  ratelab compare before/results.json after/results.json
  ratelab replay users-fifty-orgs none --seed 3
  ratelab gate                                         hold your limiter against its committed baseline
  ratelab gateway --policy documented-platform         the simulated platform as an HTTP server
`;

const EXIT_CODES = `
Exit codes:
  0    done
  1    a trial broke an invariant, a claim could not be checked, or the gate found a regression
  2    could not run: usage, an unreadable or malformed file, an unwritable folder
  3    inconclusive, under --strict; gate: also nothing to compare with
  130  interrupted; what was done is written

Results go to standard output, everything else to standard error. Colour follows the terminal, NO_COLOR and FORCE_COLOR.
`;

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const exit = (given: ExitCode) => {
    code = given;
  };
  try {
    const program = await ratelabProgram(argv, { io, exit });
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.cannotRun;
    printError(error, argv.includes('--debug'), io);
    return EXIT.cannotRun;
  }
}

/** The program with all its commands by name, and the one that is asked for complete. */
async function ratelabProgram(argv: readonly string[], context: CommandContext): Promise<Command> {
  const { io } = context;
  const program = new Command('ratelab')
    .description('The laboratory for API rate limits: which client strategy wins, by how much and how surely.')
    .version(VERSION, '-V, --version')
    .option('--debug', 'print stack traces')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(ratelab --help shows how)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      outputError: (text, write) => write(usageError(text)),
    });
  const askedFor = commandAskedFor(argv);
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary);
    for (const argument of entry.arguments) command.addArgument(argument);
    if (entry === askedFor) (await entry.load())(command, context);
  }
  for (const command of program.commands) {
    command.copyInheritedSettings(program).option('--debug', 'print stack traces');
    for (const option of command.options) showDefaultAsTyped(option);
  }
  return program;
}

/** Commander shows a default as JSON, a number that is read later in quotes. */
function showDefaultAsTyped(option: Option): void {
  if (typeof option.defaultValue === 'string') option.defaultValueDescription ??= option.defaultValue;
}

/** Without control characters: names come from strangers, and must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD');
}

/** Commander's words in the design's form. */
function usageError(text: string): string {
  return printable(text)
    .replace(/^error: /, 'Cannot read the command line: ')
    .replace(/\n\(Did you mean (.+?)\?\)/, '; did you mean $1?');
}

/** Prints what stopped a command. Errors of input say it all in their message; anything else is a bug, and says so. */
function printError(error: unknown, debug: boolean, io: Io): void {
  const message = printable(error instanceof Error ? error.message : String(error));
  const expected = message.startsWith('Cannot ');
  io.stderr.write(`${expected ? message : `ratelab failed, and it is not your fault: ${message}`}\n`);
  if (debug) io.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`);
  else if (!expected) io.stderr.write('Run it again with --debug for the stack trace.\n');
}
