/** What a person gave us that cannot be used: said in one form everywhere, with all faults at once. */
import type { Fault } from '../../mock-server/policy.ts';

export type { Fault };

/** Most faults printed; the rest are counted. */
const FAULTS_SHOWN = 20;
/** Longest value shown, in characters. */
const VALUE_SHOWN = 80;

/**
 * The input cannot be used. The message reads *Cannot <action> <value>: <path> must be <rule>, current value is <x>*, one line
 * per fault. The command line prints it without a stack and exits 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly faults: readonly Fault[];

  constructor(action: string, value: string, faults: readonly Fault[], options?: ErrorOptions) {
    super(inputMessage(action, value, faults), options);
    this.faults = faults;
  }
}

/** A fault that is not of the form "must be": *Cannot <action> <value>: <why>*. */
export function inputError(action: string, value: string, why: string, cause?: unknown): InputError {
  const error = new InputError(action, value, [], cause === undefined ? undefined : { cause });
  error.message = `Cannot ${action} ${value}: ${why}`;
  return error;
}

/** Any value in one short line, for messages. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? typeof value);
  return text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN - 3)}...` : text;
}

function inputMessage(action: string, value: string, faults: readonly Fault[]): string {
  const lines = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ path, rule, value: current }) => `${path} must be ${rule}, current value is ${showValue(current)}`);
  if (faults.length > FAULTS_SHOWN) lines.push(`and ${faults.length - FAULTS_SHOWN} more`);
  return `Cannot ${action} ${value}: ${lines.join('\n  ')}`;
}
