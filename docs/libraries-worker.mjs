/** One strategy in a thread of its own: in virtual time first, then, when told to, on the real clock. */
import { parentPort, workerData } from 'node:worker_threads';
import { createRandomSource } from '../dist/src/random/keyed-random.js';
import { libraryDefinitions, parseStrategy } from '../dist/src/strategies/index.js';
import { packageVersion } from '../dist/src/suite/package-version.js';
import { createVirtualTime } from '../dist/src/time/virtual-time.js';
import {
  CALM_MS,
  differences,
  isWithin,
  PLAYS_MAX,
  playReally,
  playVirtually,
  SCRIPTS,
  scriptsOf,
} from './libraries-clocks.mjs';

const lab = { createRandomSource, createVirtualTime };
const { spec, phaseMs } = workerData;
const start = { seed: 1, phaseMs };
const { packages, family } = libraryDefinitions.find(({ name }) => name === spec.split(':')[0]);

const runs = [];
for (const name of scriptsOf(family)) {
  runs.push({ name, virtual: await playVirtually(SCRIPTS[name], parseStrategy(spec), start, lab) });
}
parentPort.postMessage({ kind: 'ready' });
await new Promise((resolve) => parentPort.once('message', resolve));

const scripts = [];
for (const { name, virtual } of runs) {
  const { plays, real } = await calmPlay(SCRIPTS[name]);
  const differencesMs = differences(virtual, real);
  // Where the two do not agree: does the real clock agree with itself?
  const again = differencesMs.every(isWithin) ? null : await playReally(SCRIPTS[name], parseStrategy(spec), start, lab);
  scripts.push({
    name,
    calls: SCRIPTS[name].calls,
    attempts: virtual.attempts.length,
    dice: [virtual.dice, real.dice],
    failures: [virtual.failure, real.failure],
    plays,
    late: real.late,
    differencesMs,
    againMs: again === null ? null : differences(real, again),
  });
}
parentPort.postMessage({
  kind: 'done',
  row: { spec, packages: packages.map((name) => `${name} ${packageVersion(name) ?? 'unknown'}`), scripts },
});
parentPort.close();

/** Plays a script on the real clock until no bare timer beside it was late, a few times at most; the calmest counts, whatever its figures are. */
async function calmPlay(script) {
  let calmest = null;
  let plays = 0;
  do {
    plays += 1;
    const real = await playReally(script, parseStrategy(spec), start, lab);
    if (calmest === null || real.late.worstMs < calmest.late.worstMs) calmest = real;
  } while (calmest.late.worstMs > CALM_MS && plays < PLAYS_MAX);
  return { plays, real: calmest };
}
