import { afterEach, expect, test } from 'vitest';
import { enterRun, guard, unguard } from './run-guards.ts';

const realExit = Object.getOwnPropertyDescriptor(process, 'exit')!;

afterEach(() => {
  Object.defineProperty(process, 'exit', realExit);
});

test('process.exit leaves the process when no run is inside, so that Ctrl-C works during one', () => {
  const exits: unknown[] = [];
  Object.defineProperty(process, 'exit', { ...realExit, value: (code: unknown) => exits.push(code) });
  const failures: string[] = [];
  const run = { fail: (reason: string) => void failures.push(reason) };
  guard(run);
  enterRun(run);
  expect(() => process.exit(1)).toThrow('the code under test called process.exit(1)');
  enterRun(null);
  process.exit(130);
  unguard(run);
  expect(exits).toEqual([130]);
  expect(failures).toEqual(['process-exit']);
});

test('process.kill with another process, or only to ask for signs of life, is let through', () => {
  const run = { fail: () => {} };
  guard(run);
  enterRun(run);
  expect(process.kill(process.pid, 0)).toBe(true);
  expect(() => process.kill(2 ** 30, 'SIGTERM')).toThrow(/ESRCH/);
  unguard(run);
});
