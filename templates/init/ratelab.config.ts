import { defineConfig } from 'ratelab';

export default defineConfig({
  scenarios: ['./my-scenario.ts'],
  // Your limiter, next to two that are built in. `ratelab list strategies` shows more, libraries among them.
  strategies: ['./my-limiter.ts', 'retry-after', 'token-bucket:ratePerSecond=10,burst=10+retry-after'],
  seeds: 10,
});
