import { expect, test } from 'vitest';
import { libraryDefinitions } from '../../src/strategies/index.ts';
import { packageVersion } from '../../src/suite/package-version.ts';
import { ratelab, temporaryFolder } from '../cli/command-line.ts';

const folder = temporaryFolder();

test('ratelab list libraries shows each library with the installed versions of its packages', async () => {
  const { stdout } = await ratelab(['list', 'libraries'], folder);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(/ /, 1)[0])).toEqual(libraryDefinitions.map(({ name }) => name));
  for (const [index, { packages = [] }] of libraryDefinitions.entries()) {
    expect(lines[index]).toContain(packages.map((name) => `${name} ${packageVersion(name)}`).join(', '));
  }
});

test('ratelab list libraries --json gives names and versions as data', async () => {
  const { stdout } = await ratelab(['list', 'libraries', '--json'], folder);
  const { libraries } = JSON.parse(stdout) as { libraries: { name: string; packages: { name: string }[] }[] };
  expect(libraries.find(({ name }) => name === 'got')?.packages).toEqual([
    { name: 'got', version: packageVersion('got') },
  ]);
});
