/** All bugs of the museum. */
import type { Bug } from './exhibit.ts';
import { axiosRetryTimeout } from './bugs/axios-retry-timeout.ts';
import { bottleneckRetries } from './bugs/bottleneck-retries.ts';
import { bottleneckUpdateSettings } from './bugs/bottleneck-update-settings.ts';
import { malformedDate } from './bugs/malformed-date.ts';
import { negativeCapacity } from './bugs/negative-capacity.ts';
import { pQueueCounts } from './bugs/p-queue-counts.ts';
import { pQueueIdle } from './bugs/p-queue-idle.ts';
import { pThrottleAfterPause } from './bugs/p-throttle-after-pause.ts';
import { qrateSecondPass } from './bugs/qrate-second-pass.ts';
import { rejectedCounted } from './bugs/rejected-counted.ts';
import { timerOverflow } from './bugs/timer-overflow.ts';
import { truncatedSeconds } from './bugs/truncated-seconds.ts';
import { undiciDate } from './bugs/undici-date.ts';
import { unionCharges } from './bugs/union-charges.ts';
import { wokenTogether } from './bugs/woken-together.ts';

/** In alphabetical order of their files. */
export const bugs: readonly Bug[] = [
  axiosRetryTimeout,
  bottleneckRetries,
  bottleneckUpdateSettings,
  malformedDate,
  negativeCapacity,
  pQueueCounts,
  pQueueIdle,
  pThrottleAfterPause,
  qrateSecondPass,
  rejectedCounted,
  timerOverflow,
  truncatedSeconds,
  undiciDate,
  unionCharges,
  wokenTogether,
];
