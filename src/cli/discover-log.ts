/** The log of a discovery as a file: begun, gone on with, read. */
import { closeSync, fsyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DiscoveryLog, logEndLine, logProbeLine, parseLog } from '../discovery/log.ts';
import type { ProbeEvent } from '../discovery/record.ts';
import { inputError } from '../results/input-error.ts';
import { reasonOf } from './files.ts';

/** Longest log read, in bytes: a string cannot hold more. */
const LOG_BYTES_MAX = 400 * 1024 * 1024;
/** Characters gathered before they are written, where nothing is at stake in between. */
const GATHERED = 65_536;

/** Reads a log. */
export async function readLog(file: string, cwd: string): Promise<DiscoveryLog> {
  const path = resolve(cwd, file);
  let text: string;
  try {
    if ((await stat(path)).size > LOG_BYTES_MAX) throw new Error('it is larger than 400 MB');
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw inputError('read', file, reasonOf(error), error);
  }
  return parseLog(text, file);
}

/** Writes a log, line by line; a crash loses at most what is gathered. */
export class LogWriter {
  readonly #file: number;
  readonly #shown: string;
  readonly #gather: number;
  #gathered = '';

  private constructor(file: number, shown: string, isLive: boolean) {
    this.#file = file;
    this.#shown = shown;
    this.#gather = isLive ? 0 : GATHERED;
  }

  /** Begins a log; what stands in the file is replaced. `isLive`: every line is written at once. */
  static begin(path: string, shown: string, header: string, isLive: boolean): LogWriter {
    const writer = new LogWriter(open(path, shown, 'w'), shown, isLive);
    writer.#write(header);
    return writer;
  }

  /** Goes on with a log, behind its last whole line (at `wholeBytes`). */
  static goOn(path: string, shown: string, wholeBytes: number, isLive: boolean): LogWriter {
    try {
      truncateSync(path, wholeBytes);
    } catch (error) {
      throw inputError('write', shown, reasonOf(error), error);
    }
    return new LogWriter(open(path, shown, 'a'), shown, isLive);
  }

  probe(event: ProbeEvent, index: number): void {
    this.#write(logProbeLine(event, index));
  }

  end(how: 'complete' | 'stopped' | 'interrupted'): void {
    this.#write(logEndLine(how));
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  /** Closes a log that broke off. */
  abandon(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #write(line: string): void {
    this.#gathered += line;
    if (this.#gathered.length >= this.#gather) this.#flush();
  }

  #flush(): void {
    try {
      for (let left = Buffer.from(this.#gathered); left.length > 0;) left = left.subarray(writeSync(this.#file, left));
      this.#gathered = '';
    } catch (error) {
      throw inputError('write', this.#shown, reasonOf(error), error);
    }
  }
}

function open(path: string, shown: string, mode: 'w' | 'a'): number {
  try {
    return openSync(path, mode);
  } catch (error) {
    throw inputError('write', shown, reasonOf(error), error);
  }
}
