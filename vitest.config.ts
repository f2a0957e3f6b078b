import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['mock-server/**/*.test.ts', 'scenarios/**/*.test.ts', 'src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
