/** The command line's surroundings, handed to every command, so that tests run commands without a process of their own. */

/** A place to print to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Width in characters; 100 when it is not a terminal. */
  readonly columns: number;
}

/** What a command may use of its surroundings. */
export interface Io {
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Everything else: progress, notes, errors. */
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nodeVersion: string;
  /** Whether the terminal can show more than ASCII. */
  readonly unicode: boolean;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Calls `onFirst` at the first Ctrl-C (or SIGTERM); the second ends the process at once. Returns how to stop listening. */
  onInterrupt(onFirst: () => void): () => void;
  /** Asks whoever sits at the terminal, and gives the answer without white space around it; absent: nobody does. */
  readonly ask?: (question: string) => Promise<string>;
}

/** Exit codes; one table, printed by `--help`. */
export const EXIT = { ok: 0, failed: 1, cannotRun: 2, inconclusive: 3, interrupted: 130 } as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
