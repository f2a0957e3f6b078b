/** `ratelab discover`: find the limits of a gateway that is known only through fetch. */
import { setMaxListeners } from 'node:events';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkSameTarget, type DiscoveryLog, logHeaderLine, type LogOptions } from '../discovery/log.ts';
import { Playback } from '../discovery/log-playback.ts';
import { Prober } from '../discovery/prober.ts';
import type { ProbeEvent } from '../discovery/record.ts';
import { knownLimitsOf, verify } from '../discovery/verify/verify.ts';
import { isUrl } from '../load/target.ts';
import { createRandomSource } from '../random/keyed-random.ts';
import { renderDiscoveryTerminal } from '../report/discovery/terminal.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { type DiscoveryResults, parseDiscoveryResults } from '../results/discovery-results.ts';
import { InputError, inputError } from '../results/input-error.ts';
import { nextTurn } from '../time/next-turn.ts';
import { formatCount, formatDuration } from '../wording/format.ts';
import { type DiscoverBox, openBox } from './discover-box.ts';
import { discoverWith, type Findings } from './discover-engine.ts';
import { LogWriter, readLog } from './discover-log.ts';
import { checkFolder, checkNewLog, LOG, writeDiscovery } from './discover-out.ts';
import { discoverProgress } from './discover-progress.ts';
import { DEFAULTS, type DiscoverFlags, givenOptions, VERIFY_PROBES } from './discover-settings.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommandContext } from './program.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  ratelab discover teaching-token-bucket               a built-in policy, in virtual time
  ratelab discover ./my-policy.json --verify           and hold what was found against it once more
  ratelab discover http://127.0.0.1:8089 --path /api/v2/users --token-file tokens --time 10m
  ratelab discover https://api.test.example --target target.json --allow-host api.test.example
  ratelab discover --from-log reports/discovery-run/probes.jsonl

A target file says who may be spoken as and what may be sent, again and again, without harm:
  { "identities": [{ "name": "a", "labels": { "org": "one" }, "token": { "env": "TOKEN_A" } }],
    "routes": [{ "method": "GET", "path": "/api/v2/users?pageSize=25" }] }
Labels are org, client, token, user, app and ip; a scope is told apart only where identities differ in them.

Probing exhausts limits on purpose. After a 429 that told a Retry-After nothing is sent to that organization before the told time
has passed (--defy sends all the same), and the first sign of a penalty ends the discovery (--allow-penalty goes on).
`;

/** Options and action. */
export function setUpDiscover(command: Command, { io, exit }: CommandContext): void {
  const collect = (value: string, before: string[] = []) => [...before, value];
  const { url, policy } = DEFAULTS;
  const both = (show: (options: LogOptions) => string) => `(default: ${show(url)}; a policy ${show(policy)})`;
  command
    .option('--target <file>', 'who may be spoken as and what may be sent (JSON, see below)')
    .option('--path <path>', 'URL: a path to probe; may be given again (default: the URL\u2019s)', collect)
    .option('--method <method>', 'URL: of the paths (default: GET)')
    .option('--token <token>', 'URL: a bearer token; may be given again, each is an identity', collect)
    .option('--token-file <file>', 'URL: a file with one bearer token per line')
    .option('--requests <n>', `budget: probes ${both(({ requests }) => formatCount(requests))}`)
    .option('--rejections <n>', `budget: rejected probes ${both(({ rejections }) => formatCount(rejections))}`)
    .option('--time <t>', `budget: time, like 90s, 15m or 2h ${both(({ timeMs }) => formatDuration(timeMs))}`)
    .option(
      '--in-flight <n>',
      `most probes at once; while a Retry-After may be told, 2 ${both((o) => String(o.inFlight))}`,
    )
    .option('--timeout <t>', 'URL: wait this long for an answer (default: 10s)')
    .option('--defy', 'send before a told Retry-After has passed')
    .option('--allow-penalty', 'go on at signs of a penalty')
    .option(
      '--explore-requests <n>',
      `probes that look for more limits, per stage ${both((o) => formatCount(o.exploreRequests))}`,
    )
    .option('--explore-time <t>', `time that they may take, per stage ${both((o) => formatDuration(o.exploreTimeMs))}`)
    .option('--allow-host <host>', 'let probes go to this host, which is not loopback', collect)
    .option('--yes', 'confirm that the host is yours, or that you may test it, without a question')
    .option('--verify [n]', `then compare n fresh probes with what was found (default: ${VERIFY_PROBES})`)
    .option('--seed <n>', 'dice of a policy\u2019s gateway and of the verification (default: 1)')
    .option('--log <file>', `log of the probes, JSON lines (default: ${LOG} in the folder)`)
    .option('--resume', 'go on with an interrupted discovery from its log')
    .option('--from-log <file>', 'infer again from a log, without sending anything')
    .option('--out <folder>', 'where discovery.json, discovered.policy.json and the report go', 'reports/discovery-run')
    .option('--no-out', 'write nothing but a log that --log names')
    .option('--strict', 'exit 3 when something was left open')
    .option('--json', 'print the results as JSON instead of the summary')
    .option('-q, --quiet', 'print one line only')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string | undefined, flags: DiscoverFlags) => exit(await discover(target, flags, io)));
}

/** Everything that decides a discovery. */
interface Plan {
  readonly box: DiscoverBox;
  readonly options: LogOptions;
  readonly verify: number;
  /** An earlier session's. */
  readonly log: DiscoveryLog | null;
  /** Nothing is sent. */
  readonly isOffline: boolean;
  /** Absolute, and as it was named; null: none is written. */
  readonly logFile: { readonly path: string; readonly shown: string } | null;
  /** Absolute; null: nothing is written. */
  readonly out: string | null;
}

async function discover(named: string | undefined, flags: DiscoverFlags, io: Io): Promise<ExitCode> {
  const plan =
    flags.fromLog === undefined ? await livePlan(named, flags, io) : await logPlan(flags.fromLog, named, flags, io);
  if (flags.quiet !== true && flags.json !== true) io.stderr.write(planText(plan));
  const { findings, verification, isInterrupted } = await run(plan, flags, io);
  const results: DiscoveryResults = {
    ...findings,
    tool: { name: 'ratelab', version: VERSION },
    mode: plan.isOffline ? 'log' : 'active',
    target: plan.box.target,
    verification,
  };
  await finish(results, plan, flags, io);
  if (isInterrupted) return EXIT.interrupted;
  return flags.strict === true && isOpen(results) ? EXIT.inconclusive : EXIT.ok;
}

async function livePlan(named: string | undefined, flags: DiscoverFlags, io: Io): Promise<Plan> {
  if (named === undefined)
    throw inputError('discover', 'the target', 'it must be named: a URL, a built-in policy or a policy file');
  const { verify: probes, timeoutMs, ...given } = givenOptions(flags);
  const out = flags.out === false ? null : resolve(io.cwd, flags.out);
  const logFile = logFileOf(flags, out, io.cwd);
  const log = flags.resume === true ? await logToResume(logFile, io) : null;
  if (log !== null) checkSameOptions(given, log.header.options, logFile?.shown ?? '');
  const options = { ...DEFAULTS[isUrl(named) ? 'url' : 'policy'], ...log?.header.options, ...given };
  const afterMs = log?.events.at(-1)?.answeredMs ?? null;
  const box = await openBox(named, flags, { seed: options.seed, timeoutMs, afterMs }, io);
  if (log !== null) checkSameTarget(log.header, box.target, box.box, logFile?.shown ?? '');
  if (out !== null) await checkFolder(out, String(flags.out), flags.log === undefined && log === null);
  if (logFile !== null && flags.log !== undefined && log === null) await checkNewLog(logFile.path, logFile.shown);
  return { box, options, verify: probes, log, isOffline: false, logFile, out };
}

/** Infers from a log: its first line says what was discovered. */
async function logPlan(file: string, named: string | undefined, flags: DiscoverFlags, io: Io): Promise<Plan> {
  for (const [flag, value] of Object.entries({
    'a target': named,
    '--resume': flags.resume,
    '--log': flags.log,
    '--verify': flags.verify,
    '--target': flags.target,
  }))
    if (value !== undefined)
      throw inputError(
        'discover',
        `from ${file}`,
        `${flag} cannot be given together with --from-log, as nothing is sent`,
      );
  const { verify: _, timeoutMs: __, ...given } = givenOptions(flags);
  const log = await readLog(file, io.cwd);
  const { header, events } = log;
  if (events.length === 0) throw inputError('discover', `from ${file}`, 'it must hold at least one probe');
  const out = flags.out === false ? null : resolve(io.cwd, flags.out);
  if (out !== null) await checkFolder(out, String(flags.out), false);
  const silent = () => Promise.reject(new Error('nothing is sent from a log'));
  const { clock } = new Playback({ events, live: null, turn: nextTurn });
  const identities = header.identities.map((identity) => ({ ...identity, headers: {} }));
  const routes = header.routes.map((route) => ({ ...route, headers: {}, body: '' }));
  return {
    box: {
      target: header.target,
      box: { fetch: silent, clock, baseUrl: header.target.name, identities, routes },
      startsAtMs: header.startedAtMs,
      run: (main) => main(),
    },
    options: { ...header.options, ...given },
    verify: 0,
    log,
    isOffline: true,
    logFile: null,
    out,
  };
}

function logFileOf(flags: DiscoverFlags, out: string | null, cwd: string): Plan['logFile'] {
  if (flags.log !== undefined) return { path: resolve(cwd, flags.log), shown: flags.log };
  return out === null ? null : { path: join(out, LOG), shown: join(String(flags.out), LOG) };
}

async function logToResume(logFile: Plan['logFile'], io: Io): Promise<DiscoveryLog> {
  if (logFile === null) throw inputError('discover', 'the target', '--resume needs a log: --log <file>');
  const log = await readLog(logFile.shown, io.cwd);
  if (log.end !== 'complete') return log;
  throw inputError('resume from', logFile.shown, 'its discovery is complete (--from-log infers from it again)');
}

/** The same inference asks the same probes; only a budget may change. */
function checkSameOptions(given: Partial<LogOptions>, logged: LogOptions, file: string): void {
  const changed = (['inFlight', 'defy', 'exploreRequests', 'exploreTimeMs', 'seed'] as const).flatMap((key) =>
    given[key] === undefined || given[key] === logged[key]
      ? []
      : [{ path: key, rule: `what the log was made with, ${logged[key]}`, value: given[key] }],
  );
  if (changed.length > 0) throw new InputError('resume from', file, changed);
}

function planText({ box, options, isOffline, log }: Plan): string {
  const torn = log?.isTorn === true ? 'The last line of the log was torn, and is left out.\n' : '';
  const known = log === null ? '' : `${formatCount(log.events.length)} probes are known from the log.\n`;
  if (isOffline) return `${torn}${known}Nothing is sent.\n`;
  const { requests, rejections, timeMs, inFlight, defy, allowPenalty } = options;
  const budget = `at most ${formatCount(requests)} probes, ${formatCount(rejections)} rejected, ${formatDuration(timeMs)}, ${inFlight} at once`;
  const manner = defy ? 'Retry-After is defied' : 'Retry-After is obeyed';
  const penalties = allowPenalty ? 'penalties are lived through' : 'the first sign of a penalty ends it';
  const { identities, routes } = box.box;
  return `${torn}${known}Discovering ${box.target.name}: ${counted(identities.length, 'identity', 'identities')}, ${counted(routes.length, 'route', 'routes')}.\nBudget: ${budget}. ${manner}; ${penalties}.\n`;
}

/** What a run gives. */
interface Ran {
  readonly findings: Findings;
  readonly verification: DiscoveryResults['verification'];
  readonly isInterrupted: boolean;
}

async function run(plan: Plan, flags: DiscoverFlags, io: Io): Promise<Ran> {
  const controller = new AbortController();
  // Each probe that waits its turn listens, and there may be thousands.
  setMaxListeners(0, controller.signal);
  const view = discoverProgress(flags.quiet === true || flags.json === true ? null : io.stderr, plan.options);
  const stopListening = io.onInterrupt(() => {
    view.end();
    io.stderr.write('Stopping: what is known will be written. Ctrl-C again quits at once.\n');
    controller.abort(new Error('interrupted'));
  });
  const writer = logWriter(plan);
  let isLogOver = false;
  try {
    return await plan.box.run(async () => {
      const events: ProbeEvent[] = [];
      const findings = await discoverWith(plan.box.box, plan.box.target.kind === 'url', plan.options, {
        playback: playbackOf(plan),
        signal: controller.signal,
        onEvent(event, index) {
          events.push(event);
          writer?.probe(event, index);
          view.note(event);
        },
      });
      const isInterrupted = controller.signal.aborted;
      writer?.end(findings.complete ? 'complete' : isInterrupted ? 'interrupted' : 'stopped');
      isLogOver = true;
      const seen = plan.log === null ? events : [...plan.log.events, ...events];
      const verification =
        isInterrupted || findings.penalty !== null ? null : await verified(plan, findings, seen, controller.signal);
      return { findings, verification, isInterrupted: isInterrupted || controller.signal.aborted };
    });
  } finally {
    if (!isLogOver) writer?.abandon();
    view.end();
    stopListening();
  }
}

function playbackOf({ log, box: { box, target }, isOffline }: Plan): Playback | null {
  if (log === null) return null;
  // A policy's time is virtual, and would take our turns for a standstill.
  const turn =
    isOffline || target.kind === 'url' ? nextTurn : (callback: () => void) => void box.clock.setTimer(callback, 1);
  return new Playback({ events: log.events, live: isOffline ? null : box.clock, turn });
}

function logWriter({ logFile, log, box, options }: Plan): LogWriter | null {
  if (logFile === null) return null;
  const isLive = box.target.kind === 'url';
  if (log !== null) return LogWriter.goOn(logFile.path, logFile.shown, log.wholeBytes, isLive);
  const { target, startsAtMs: startedAtMs } = box;
  const header = logHeaderLine(box.box, { version: VERSION, target, startedAtMs, options });
  return LogWriter.begin(logFile.path, logFile.shown, header, isLive);
}

/** Compares with what is left of the budget. */
async function verified(
  { box, options, verify: probes }: Plan,
  findings: Findings,
  before: readonly ProbeEvent[],
  signal: AbortSignal,
): Promise<DiscoveryResults['verification']> {
  const { spent, noise } = findings;
  const requests = Math.min(probes, options.requests - spent.requests);
  const rejections = options.rejections - spent.rejections;
  const timeMs = options.timeMs - spent.timeMs;
  if (probes === 0 || requests <= 0 || rejections <= 0 || timeMs <= 0) return null;
  const { inFlight, defy, allowPenalty, seed } = options;
  const prober = new Prober(box.box, {
    budget: { requests, rejections, timeMs },
    inFlight,
    defy,
    allowPenalty,
    signal,
  });
  return verify({
    box: box.box,
    prober,
    limits: knownLimitsOf(findings),
    before,
    probes: requests,
    random: createRandomSource(seed).stream('verify'),
    isExact: box.target.kind === 'policy',
    errorsCharge: noise.errorsCharge === true,
  }).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
}

/** Results first; then the summary, made from what the file says. */
async function finish(made: DiscoveryResults, plan: Plan, flags: DiscoverFlags, io: Io): Promise<void> {
  const text = canonicalJson(made);
  const results = parseDiscoveryResults(JSON.parse(text), 'discovery.json');
  if (plan.out !== null) {
    const names = await writeDiscovery(results, plan.out);
    const log = plan.logFile === null || flags.log !== undefined ? [] : [LOG];
    io.stderr.write(`Wrote ${String(flags.out)}: ${[...names, ...log].join(', ')}\n`);
  }
  const { columns, colour } = io.stdout;
  if (flags.json === true) io.stdout.write(text);
  else if (flags.quiet === true) io.stdout.write(`${lineOf(results)}\n`);
  else io.stdout.write(renderDiscoveryTerminal(results, { columns, colour, unicode: io.unicode }));
}

function lineOf({ limits, complete, spent, penalty }: DiscoveryResults): string {
  const found = limits.filter(({ status }) => status === 'found').length;
  const open = limits.length - found;
  const how = penalty !== null ? 'stopped at a sign of a penalty' : complete ? 'complete' : 'not complete';
  return `${counted(found, 'limit', 'limits')} found${open === 0 ? '' : `, ${open} ambiguous`}, with ${formatCount(spent.requests)} probes and ${formatCount(spent.rejections)} rejections; ${how}.`;
}

/** Whether something was left open. */
function isOpen({ complete, limits, verification }: DiscoveryResults): boolean {
  const differs = verification !== null && verification.equal < verification.probes;
  return !complete || differs || limits.some(({ status }) => status === 'ambiguous');
}

function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
