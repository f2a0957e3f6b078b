/** What ends a discovery before it is through: what is known by then is its answer. */
import type { PenaltySign } from './prober-penalties.ts';

/** Thrown before the probe that would exceed the budget. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';
}

/** Thrown at the first sign of a penalty, unless penalties are allowed. */
export class PenaltySuspectedError extends Error {
  override readonly name = 'PenaltySuspectedError';
  readonly sign: PenaltySign;

  constructor(sign: PenaltySign) {
    super(`stopped at a sign of a penalty: ${sign.note}`);
    this.sign = sign;
  }
}

/** Thrown when nobody answers, or an identity is not let in. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(baseUrl: string, why: string) {
    super(`Cannot discover ${baseUrl}: ${why}`);
  }
}

/** Thrown where only a log is played back, before the probe that it holds no answer to. */
export class LogEndsError extends Error {
  override readonly name = 'LogEndsError';
}

/** What is waited for only later: whatever stops it is heard there, and until then nobody need have heard of it. */
export function underWay<T>(answers: Promise<T>): Promise<T> {
  answers.catch(() => undefined);
  return answers;
}

/** Whether an error ends a discovery in an orderly way, with what is known by then as its answer. */
export function isStop(
  error: unknown,
): error is BudgetSpentError | PenaltySuspectedError | UnreachableError | LogEndsError {
  return (
    error instanceof BudgetSpentError ||
    error instanceof PenaltySuspectedError ||
    error instanceof UnreachableError ||
    error instanceof LogEndsError
  );
}
