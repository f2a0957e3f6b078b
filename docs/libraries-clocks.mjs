/**
 * One script of calls through one library, in virtual time or on the real clock: the same program, in another world. It reads the time and sets
 * timers by their global names, as the library does.
 */

/** How long the server takes for each answer, ms. */
export const LATENCY_MS = 30;
/** What a script may last on the real clock, ms. */
const REAL_MS_MAX = 45_000;
/** Virtual time starts on a whole second. */
const STARTS_AT_MS = Date.UTC(2026, 0, 5, 9);

/** Every call is refused twice, then admitted; the calls come apart from each other. */
const REFUSED = { calls: 3, everyMs: 170, refusals: 2 };
/** The scripts by name. */
export const SCRIPTS = {
  'Retry-After: 2': { ...REFUSED, headers: { 'retry-after': '2' } },
  'no Retry-After': { ...REFUSED, headers: {} },
  paced: { calls: 25, everyMs: 20, refusals: 0, headers: {} },
};

/** The names of the scripts that a strategy of this family plays. */
export function scriptsOf(family) {
  return family === 'paces' ? ['paced'] : ['Retry-After: 2', 'no Retry-After'];
}

/** Plays a script in virtual time. `seed`: of the dice. `phaseMs`: 0 to 999, after a whole second; null: at once. `lab`: the laboratory's own functions, from src or dist. */
export async function playVirtually(script, strategy, { seed, phaseMs }, lab) {
  await strategy.foreign?.load();
  const counted = countedDice(lab.createRandomSource(seed));
  const time = lab.createVirtualTime({
    startsAtMs: STARTS_AT_MS + (phaseMs ?? 0),
    deadlineMs: STARTS_AT_MS + 86_400_000,
    ambient: true,
    random: counted.random,
  });
  const attempts = [];
  const outcome = await time.run(() => play(script, strategy, counted.random, attempts));
  return { attempts, dice: counted.thrown(), failure: outcome.kind === 'failed' ? outcome.detail : null };
}

/** Plays a script on the real clock, with the same dice, and begins as long after a whole second: some libraries count by the clock's own half seconds. */
export async function playReally(script, strategy, { seed, phaseMs }, lab) {
  await strategy.foreign?.load();
  if (phaseMs !== null) await sleep((1000 + phaseMs - (Date.now() % 1000)) % 1000);
  const counted = countedDice(lab.createRandomSource(seed));
  const dice = counted.random.stream('ambient');
  const random = Math.random;
  const attempts = [];
  const lateness = timerLateness();
  let timer = null;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve(`not done after ${REAL_MS_MAX} ms`), REAL_MS_MAX);
  });
  Math.random = () => dice.next();
  try {
    const failure = await Promise.race([play(script, strategy, counted.random, attempts).then(() => null), limit]);
    return { attempts, dice: counted.thrown(), failure, late: lateness.stop() };
  } catch (error) {
    return { attempts, dice: counted.thrown(), failure: String(error), late: lateness.stop() };
  } finally {
    Math.random = random;
    clearTimeout(timer);
  }
}

/** Two starts agree when they lie at most so far apart, ms. */
export const TOLERANCE_MS = 25;

/** A play is calm when no bare timer beside it was later than this, ms. */
export const CALM_MS = 10;
/** A script is played so often at most, to have a calm play. */
export const PLAYS_MAX = 3;

/** Whether one of {@link differences} is an agreement. */
export function isWithin(differenceMs) {
  return differenceMs !== null && Math.abs(differenceMs) <= TOLERANCE_MS;
}

/** Two runs, attempt by attempt: ms that the second one's started later; null where only one of them made it. */
export function differences(one, other) {
  const starts = ({ attempts }) => new Map(attempts.map(({ call, attempt, atMs }) => [`${call}.${attempt}`, atMs]));
  const oneMs = starts(one);
  const otherMs = starts(other);
  return [...new Set([...oneMs.keys(), ...otherMs.keys()])].map((key) =>
    oneMs.has(key) && otherMs.has(key) ? otherMs.get(key) - oneMs.get(key) : null,
  );
}

/** How late timers of this thread are while a script plays: a bare chain of them beside it. */
function timerLateness() {
  const latenessMs = [];
  const chain = { isOver: false };
  void (async () => {
    while (!chain.isOver) {
      const startedMs = performance.now();
      await sleep(LATENCY_MS);
      latenessMs.push(performance.now() - startedMs - LATENCY_MS);
    }
  })();
  return {
    stop: () => {
      chain.isOver = true;
      const sum = latenessMs.reduce((total, ms) => total + ms, 0);
      return { meanMs: sum / Math.max(1, latenessMs.length), worstMs: Math.max(0, ...latenessMs) };
    },
  };
}

function sleep(delayMs) {
  return new Promise((resolve) => void setTimeout(resolve, delayMs));
}

/** All calls of a script; settles when the last is over. What a library throws ends that call and nothing else. */
async function play(script, strategy, random, attempts) {
  const startedMs = performance.now();
  const attemptsByCall = new Map();
  const server = async (input) => {
    const atMs = performance.now() - startedMs;
    const call = new URL(typeof input === 'object' && 'url' in input ? input.url : input).searchParams.get('call');
    const attempt = attemptsByCall.get(call) ?? 0;
    attemptsByCall.set(call, attempt + 1);
    attempts.push({ call, attempt, atMs });
    await sleep(LATENCY_MS);
    return attempt < script.refusals
      ? Response.json({ message: 'Rate limit exceeded' }, { status: 429, headers: script.headers })
      : Response.json({ id: call });
  };
  const identity = { org: 'org-1', client: 'client-1', token: 'token-1', job: '' };
  const clock = {
    now: () => Date.now(),
    setTimer: (callback, delayMs) => setTimeout(() => callback(), delayMs),
    clearTimer: (timer) => clearTimeout(timer),
  };
  const fetch = strategy.pipeline(server, { clock, random, identify: () => identity, note: () => {} });
  const calls = Array.from({ length: script.calls }, async (_, index) => {
    if (index > 0) await sleep(index * script.everyMs);
    const response = await fetch(`https://api.example.invalid/api/v2/users?call=${index}`, {
      headers: { authorization: 'Bearer token-1' },
    });
    await response.arrayBuffer();
  });
  await Promise.allSettled(calls);
}

/** Dice, and how many were thrown by the library. */
function countedDice(source) {
  let thrown = 0;
  return {
    random: {
      ...source,
      stream: (name) => {
        const stream = source.stream(name);
        return {
          next: () => {
            thrown += 1;
            return stream.next();
          },
        };
      },
    },
    thrown: () => thrown,
  };
}
