/** Package managers, known by their lock files. */

/** How one is told what. */
export interface PackageManager {
  readonly lockFile: string;
  /** Commands of a CI job that install exactly what the lock file says. */
  readonly install: readonly string[];
  /** Runs a command of an installed package. */
  readonly run: string;
  /** Adds development dependencies. */
  readonly addDev: string;
}

/** All that are known; the first is taken where no lock file is found. */
export const packageManagers: readonly [PackageManager, ...PackageManager[]] = [
  { lockFile: 'package-lock.json', install: ['npm ci'], run: 'npx', addDev: 'npm install --save-dev' },
  {
    lockFile: 'pnpm-lock.yaml',
    install: ['corepack enable', 'pnpm install --frozen-lockfile'],
    run: 'pnpm exec',
    addDev: 'pnpm add --save-dev',
  },
  {
    lockFile: 'yarn.lock',
    install: ['corepack enable', 'yarn install --immutable'],
    run: 'yarn',
    addDev: 'yarn add --dev',
  },
  {
    lockFile: 'bun.lock',
    install: ['npm install --global bun', 'bun install --frozen-lockfile'],
    run: 'bunx',
    addDev: 'bun add --dev',
  },
];
