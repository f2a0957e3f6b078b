import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Io } from './io.ts';
import { resolveSettings } from './settings.ts';

const empty = mkdtempSync(join(tmpdir(), 'ratelab-settings-'));
const withFile = mkdtempSync(join(tmpdir(), 'ratelab-settings-'));
writeFileSync(
  join(withFile, 'ratelab.config.mjs'),
  `export default { seeds: 7, out: false, workers: 3, strategies: ['none'] };`,
);
writeFileSync(join(withFile, 'other.json'), JSON.stringify({ seeds: '3-9' }));
afterAll(() => [empty, withFile].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const io = (cwd: string, env: Io['env'] = {}): Io => ({ cwd, env }) as Io;

describe('resolveSettings', () => {
  it('gives the defaults when nothing is said', async () => {
    const { settings, origins } = await resolveSettings({}, undefined, io(empty));
    expect(settings).toEqual({
      scenarios: [],
      strategies: [],
      seeds: 20,
      out: 'reports/latest',
      workers: null,
      stallAfter: 60,
      claims: null,
      progress: 'auto',
      strict: false,
      quiet: false,
      policy: null,
      gate: {},
      wire: false,
      speed: null,
    });
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
  });

  it('puts flags before the environment, the environment before the file, the file before defaults', async () => {
    const env = { RATELAB_SEEDS: '5', RATELAB_WORKERS: '2', RATELAB_STALL_AFTER: '9' };
    const { settings, origins } = await resolveSettings({ seeds: '4' }, undefined, io(withFile, env));
    expect(settings).toMatchObject({
      seeds: '4',
      workers: 2,
      stallAfter: 9,
      out: false,
      strategies: ['none'],
      strict: false,
    });
    expect(origins).toMatchObject({
      seeds: '--seeds',
      workers: 'RATELAB_WORKERS',
      stallAfter: 'RATELAB_STALL_AFTER',
      out: 'ratelab.config.mjs',
      strict: 'default',
    });
  });

  it('reads the file that is named instead of the one that is found', async () => {
    const { settings, origins } = await resolveSettings({}, 'other.json', io(withFile));
    expect(settings).toMatchObject({ seeds: '3-9', workers: null });
    expect(origins.seeds).toBe('other.json');
  });

  it('reads lists and truths from the environment', async () => {
    const env = {
      RATELAB_STRATEGIES: 'none; retry-after',
      RATELAB_STRICT: 'true',
      RATELAB_CLAIMS: '0',
      RATELAB_OUT: 'false',
      RATELAB_QUIET: '',
    };
    const { settings } = await resolveSettings({}, undefined, io(empty, env));
    expect(settings).toMatchObject({
      strategies: ['none', 'retry-after'],
      strict: true,
      claims: false,
      out: false,
      quiet: false,
    });
  });

  it.each([
    [
      { workers: 'many' },
      {},
      'Cannot read the command line: --workers must be a whole number from 0 to 256, current value is "many"',
    ],
    [
      { workers: '500' },
      {},
      'Cannot read the command line: --workers must be a whole number from 0 to 256, current value is 500',
    ],
    [
      { out: '' },
      {},
      'Cannot read the command line: --out must be a text of at least 1 characters, current value is ""',
    ],
    [
      {},
      { RATELAB_STRICT: 'perhaps' },
      'Cannot read the environment: RATELAB_STRICT must be true or false, current value is "perhaps"',
    ],
    [
      {},
      { RATELAB_SEEDS: '9-1' },
      'Cannot read the environment: RATELAB_SEEDS must be a number of seeds like 20 or a range like 21-40, current value is "9-1"',
    ],
  ])('names where a wrong value stands: %j %j', async (flags, env, message) => {
    await expect(resolveSettings(flags, undefined, io(empty, env))).rejects.toThrow(message);
  });
});
