/** What users of a limiter should know, in one sentence: the most notable of what was found, by rules that are the same for all. */
import { countOf, formatDuration, formatShare } from '../../src/wording/format.ts';
import type { LimiterFinding, ScenarioFinding } from './findings.ts';
import type { WaitsMs } from './header-probe.ts';
import type { PacerPromise, WindowFinding } from './window-probe.ts';

/** Waits up to this are no wait: a client that comes back at once, with the timers of Node in between. */
export const AT_ONCE_MS = 20;
const DAY_MS = 86_400_000;
const SECONDS_MS = 7000;
const DATE_MS = 7990;
/** What 3,000,000 s are. */
export const HUGE_MS = 3_000_000_000;

/** One sentence, in two halves: what it does with a refusal or with its own limit, and what comes of it in the scenarios. */
export function sentenceFor(finding: LimiterFinding): string {
  const { waitsMs, window, promise } = finding;
  const first = window !== null ? aboutWindow(window, promise) : aboutWaits(waitsMs!);
  return `${first}; ${aboutScenarios(finding)}.`;
}

/** The first that holds, worst first. */
function aboutWaits(waits: WaitsMs): string {
  if (Object.values(waits).every((wait) => wait === null)) return 'Never sends a refused call again';
  return aboutWorstWait(waits) ?? aboutSmallerThings(waits);
}

function aboutWorstWait({ absent, seconds, date, malformed }: WaitsMs): string | null {
  if (malformed !== null && malformed >= DAY_MS)
    return `Waits ${formatDuration(malformed)} when Retry-After cannot be read`;
  if (seconds === null) return 'Gives up when it is told a Retry-After';
  if (seconds < SECONDS_MS) {
    const back = `${backAfter(seconds)} when told ${formatDuration(SECONDS_MS)}`;
    return seconds === absent
      ? `Does not read Retry-After (${back})`
      : `Comes back before Retry-After is over (${back})`;
  }
  if (date === null) return 'Obeys Retry-After in seconds, and gives up when it is a date';
  if (date < DATE_MS) return `Obeys Retry-After in seconds, and does not read one that is a date (${backAfter(date)})`;
  return null;
}

function aboutSmallerThings({ absent, seconds, huge, malformed, post, zero }: WaitsMs): string {
  if (absent === null) return 'Obeys Retry-After, and gives up where there is none';
  if (absent <= AT_ONCE_MS) return 'Obeys Retry-After, and comes back at once where there is none';
  if (huge !== null && huge <= AT_ONCE_MS)
    return `Obeys Retry-After, but is ${backAfter(huge)} when told ${formatDuration(HUGE_MS)}`;
  if (huge !== null && huge > seconds! && huge < DAY_MS)
    return `Obeys Retry-After up to ${formatDuration(huge)}, and comes back early when told more`;
  if (huge !== null && huge < HUGE_MS)
    return `Obeys Retry-After, but is ${backAfter(huge)} when told ${formatDuration(HUGE_MS)}`;
  if (malformed === null || zero === null) return 'Obeys Retry-After, and gives up when it is 0 or cannot be read';
  if (seconds! > SECONDS_MS * 1.1)
    return `Obeys Retry-After and adds to it (${backAfter(seconds!)} when told ${formatDuration(SECONDS_MS)})`;
  if (post === null) return 'Obeys Retry-After for GET, and leaves a refused POST to its caller';
  return 'Obeys Retry-After in every form that was tried';
}

function backAfter(waitMs: number): string {
  return waitMs <= AT_ONCE_MS ? 'back at once' : `back after ${formatDuration(waitMs)}`;
}

function aboutWindow(
  { startsMax, atOnceMax, burstShare, undone }: WindowFinding,
  promise: PacerPromise | null,
): string {
  if (undone > 0) return `Leaves ${countOf(undone, 'call')} undone where nothing refuses them`;
  if (promise === null)
    return `Has at most ${atOnceMax} calls under way at once, and up to ${startsMax} starts in a second`;
  const told = `${promise.limit} in ${formatDuration(promise.windowMs)}`;
  if (startsMax > 2 * promise.limit)
    return `Lets up to ${startsMax} calls start in a second when told ${promise.limit}, more than counting in windows explains`;
  if (startsMax > promise.limit) return `Lets up to ${startsMax} calls start in a sliding second when told ${told}`;
  if (burstShare < 0.97)
    return `Keeps ${told} wherever the window lies, and takes ${formatShare(1 / burstShare - 1)} longer over a burst than it must`;
  return `Keeps ${told} wherever the window lies, and loses no time`;
}

function aboutScenarios({ scenarios, kind, spec, alone }: LimiterFinding): string {
  const rows = Object.values(scenarios);
  const around = kind !== 'ours' && spec !== alone ? `with \`${spec.slice(0, spec.indexOf('+'))}\` around it, ` : '';
  const losing = rows.filter(({ optimumShare }) => optimumShare === null);
  if (losing.length === 0) return `${around}${finishes(rows)}`;
  const most = losing.reduce((a, b) => (b.undoneShare > a.undoneShare ? b : a)).undoneShare;
  return `${around}leaves jobs undone in ${losing.length} of ${rows.length} scenarios (up to ${formatShare(most)})`;
}

function finishes(rows: readonly ScenarioFinding[]): string {
  const wasted = Math.max(...rows.map(({ wastedShare }) => wastedShare));
  const slowest = Math.min(...rows.map(({ optimumShare }) => optimumShare ?? 1));
  return `does all jobs in all ${rows.length} scenarios, with up to ${formatShare(wasted)} of its calls refused and at least ${formatShare(slowest)} of the speed that was possible`;
}
