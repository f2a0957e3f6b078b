/** `ratelab gateway`: the simulated platform as a server of its own, with the operator's door beside it. */
import type { Command } from 'commander';
import { KEY_LENGTH_MIN, type OperatorDoor } from '../../mock-server/operator/door.ts';
import { SPEED_MAX } from '../../mock-server/operator/orders.ts';
import { Telemetry } from '../../mock-server/operator/telemetry.ts';
import type { Policy } from '../../mock-server/policy.ts';
import { type StartedGateway, startGateway } from '../doors/gateway.ts';
import { openOperatorDoor } from '../doors/operator.ts';
import { algorithmText, scopeText } from '../report/sections/policy-tree.ts';
import { type Fault, InputError } from '../results/input-error.ts';
import { isLoopbackHost } from '../load/target.ts';
import { formatCount, sentenceList } from '../wording/format.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommandContext } from './program.ts';
import { policyNamed } from './selection.ts';
import { textTable } from './table.ts';

/** Options as commander gives them. */
interface GatewayFlags {
  readonly policy: string;
  readonly port: string;
  readonly host: string;
  readonly operatorPort?: string;
  /** False: `--no-operator`. */
  readonly operator: boolean;
  readonly seed: string;
  readonly speed: string;
  /** False: `--no-latency`. */
  readonly latency: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The same, read. */
interface GatewaySettings {
  readonly port: number;
  readonly host: string;
  /** Null: no operator's door. */
  readonly operatorPort: number | null;
  /** Undefined: a random one. */
  readonly operatorKey: string | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly latency: boolean;
}

/** Real ms that requests in service have to be answered in when the gateway is stopped. */
const GRACE_MS = 10_000;
/** Failures of the simulation that are told; more of them are more of the same. */
const FAULTS_SHOWN = 10;
const KEY_VARIABLE = 'RATELAB_OPERATOR_KEY';

const EXAMPLES = `
Examples:
  ratelab gateway                                      the documented platform on port 8089
  ratelab gateway --policy users-fifty-orgs --speed 10
  ratelab gateway --policy ./my-policy.json --port 0 --json

The operator's key is a new one at each start; ${KEY_VARIABLE} sets one that stays, for a Prometheus.
`;

/** Options and action. */
export function setUpGateway(command: Command, { io, exit }: CommandContext): void {
  command
    .option('--policy <name|file>', 'a built-in policy, or a file (JSON)', 'documented-platform')
    .option('--port <n>', 'port of the platform; 0: one that is free', '8089')
    .option('--host <address>', 'address to listen on; the default reaches this machine only', '127.0.0.1')
    .option('--operator-port <n>', 'port of the operator\u2019s door (default: the next one after the platform\u2019s)')
    .option('--no-operator', 'without the operator\u2019s door')
    .option('--seed <n>', 'fixes service times, hints and data', '1')
    .option('--speed <factor>', 'how fast the gateway\u2019s clock runs; 0: it stands until the operator moves it', '1')
    .option('--no-latency', 'answer at once, whatever the policy says')
    .option('--json', 'print one line of JSON with addresses and key, and nothing else')
    .option('-q, --quiet', 'print the addresses only')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: GatewayFlags) => exit(await runGateway(flags, io)));
}

async function runGateway(flags: GatewayFlags, io: Io): Promise<ExitCode> {
  const settings = settingsOf(flags, io);
  const policy = await policyNamed(flags.policy, io.cwd, 'start', 'the gateway');
  const gateway = await started(policy, settings, io);
  const counted = new Telemetry(gateway.platform);
  const door = await opened(gateway, settings);
  const interrupted = interruption(io);
  if (!isLoopbackHost(settings.host)) io.stderr.write(warning(settings));
  const print = flags.json ? jsonText : flags.quiet ? quietText : fullText;
  io.stdout.write(printable(print({ gateway, door, policy, settings })));
  await interrupted.first;
  const { inService } = gateway.platform;
  const waiting = inService === 0 ? '' : `, ${plural(inService, 'request')} in service will be answered`;
  io.stderr.write(`Stopping: no new connections${waiting}. Ctrl-C again quits at once.\n`);
  await gateway.close(GRACE_MS);
  await door?.close();
  interrupted.stopListening();
  io.stderr.write(`${totalsText(counted)}\n`);
  return EXIT.ok;
}

/** Everything that was given, with all faults at once. */
function settingsOf(flags: GatewayFlags, { env }: Io): GatewaySettings {
  const faults: Fault[] = [];
  const number = (path: string, text: string, pattern: RegExp, most: number, rule: string) => {
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    if (!(value <= most)) faults.push({ path, rule, value: text });
    return value;
  };
  const whole = (path: string, text: string, most: number) =>
    number(path, text, /^\d{1,16}$/, most, `a whole number from 0 to ${most}`);
  const port = whole('--port', flags.port, 65_535);
  const seed = whole('--seed', flags.seed, Number.MAX_SAFE_INTEGER);
  const speed = number('--speed', flags.speed, /^\d{1,9}(?:\.\d+)?$/, SPEED_MAX, `a number from 0 to ${SPEED_MAX}`);
  const besides = port === 0 || port === 65_535 ? 0 : port + 1;
  const beside = flags.operatorPort === undefined ? besides : whole('--operator-port', flags.operatorPort, 65_535);
  const operatorKey = env[KEY_VARIABLE] || undefined;
  if (operatorKey !== undefined && (operatorKey.length < KEY_LENGTH_MIN || /\s/.test(operatorKey))) {
    const rule = `at least ${KEY_LENGTH_MIN} characters without white space`;
    faults.push({ path: KEY_VARIABLE, rule, value: `${operatorKey.length} characters` });
  }
  // Node takes an empty one for every address there is.
  if (flags.host.trim() === '') faults.push({ path: '--host', rule: 'an address of this machine', value: flags.host });
  if (faults.length > 0) throw new InputError('read', 'the command line', faults);
  const { host, operator, latency } = flags;
  return { port, host, operatorPort: operator ? beside : null, operatorKey, seed, speed, latency };
}

async function started(
  policy: Policy,
  { host, port, seed, speed, latency }: GatewaySettings,
  io: Io,
): Promise<StartedGateway> {
  let faults = 0;
  const onFault = (error: unknown) => {
    if (faults++ < FAULTS_SHOWN)
      io.stderr.write(`The simulation failed, and a client was answered 500: ${String(error)}\n`);
  };
  try {
    return await startGateway({ policy, host, port, seed, speed, latency, onFault });
  } catch (error) {
    throw placeError(error, 'the gateway', '--port', port, host);
  }
}

async function opened(gateway: StartedGateway, settings: GatewaySettings): Promise<OperatorDoor | null> {
  const { operatorPort: port, operatorKey: key } = settings;
  if (port === null) return null;
  try {
    const options = { port, processMetrics: true };
    return await openOperatorDoor(gateway, key === undefined ? options : { ...options, key });
  } catch (error) {
    await gateway.close(0);
    throw placeError(error, 'the operator\u2019s door', '--operator-port', port, '127.0.0.1');
  }
}

/** A place that cannot be listened at, in words. */
function placeError(error: unknown, what: string, flag: string, port: number, host: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const rule = {
    EADDRINUSE: [flag, 'a port that nobody listens at (0 finds one)', port] as const,
    EACCES: [flag, 'a port that you may listen at (1024 and above)', port] as const,
    EADDRNOTAVAIL: ['--host', 'an address of this machine', host] as const,
    ENOTFOUND: ['--host', 'an address of this machine', host] as const,
    EAI_AGAIN: ['--host', 'an address of this machine', host] as const,
  }[code ?? ''];
  if (rule === undefined) return error;
  return new InputError('start', what, [{ path: rule[0], rule: rule[1], value: rule[2] }], { cause: error });
}

/** The first Ctrl-C or SIGTERM; a second one ends the process at once while this listens. */
function interruption(io: Io): { readonly first: Promise<void>; readonly stopListening: () => void } {
  let stopListening = () => {};
  const first = new Promise<void>((resolve) => {
    stopListening = io.onInterrupt(resolve);
  });
  return { first, stopListening };
}

/** What a start has to tell. */
interface Started {
  readonly gateway: StartedGateway;
  readonly door: OperatorDoor | null;
  readonly policy: Policy;
  readonly settings: GatewaySettings;
}

function jsonText({ gateway, door, policy, settings }: Started): string {
  const { seed, speed, latency } = settings;
  const told = {
    url: gateway.url,
    port: gateway.port,
    policy: policy.name,
    seed,
    speed,
    latency,
    operatorUrl: door?.url ?? null,
    operatorKey: door?.key ?? null,
    operatorPageUrl: door?.pageUrl ?? null,
  };
  return `${JSON.stringify(told)}\n`;
}

function quietText({ gateway, door }: Started): string {
  return `${gateway.url}\n${door === null ? '' : `${door.pageUrl}\n`}`;
}

function fullText({ gateway, door, policy, settings }: Started): string {
  const { url, port } = gateway;
  const { hostname } = new URL(url);
  const places = [['  platform', url], ...(door === null ? [] : [['  operator', door.pageUrl]])];
  const limits = policy.limits.map(({ name, scope, algorithm, source }) => [
    `  ${name}`,
    scopeText(scope),
    algorithmText(algorithm),
    source,
  ]);
  const clock = settings.speed === 0 ? 'stands still until the operator moves it' : `runs at ${settings.speed} times`;
  return `${policy.title} (${policy.name})

${textTable(places)}
Sign in with any client id and secret; what stands after the @ is its organization:
  curl -u my-client@my-org:my-secret -d grant_type=client_credentials ${url}/oauth/token

The official JavaScript SDK:
  platformClient.ApiClient.instance.setGateway({ protocol: 'http', host: '${hostname}', port: ${port} });

${limits.length === 0 ? 'No limits' : `Limits\n${textTable(limits)}`}${settings.speed === 1 ? '' : `\nThe clock ${clock}${settings.speed === 0 ? '' : ' the speed of real time'}.\n`}
Ctrl-C ends it; what is in service is answered first.
`;
}

/** Without control characters: a policy's title comes from strangers, and must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '\uFFFD');
}

function warning({ host }: GatewaySettings): string {
  return `Warning: --host ${host} lets everybody in who reaches this machine, with any client and secret. The operator\u2019s door stays on 127.0.0.1.\n`;
}

/** `Stopped after 1,234 decisions: 1,000 admitted, 234 rejected (200 by per-org, 34 by whole-gateway).` */
function totalsText(counted: Telemetry): string {
  const totals = counted.lifetimeTotals();
  const rejected = totals.filter(({ cause }) => cause !== null);
  const sum = (which: typeof totals) => which.reduce((all, { count }) => all + count, 0);
  const by = sentenceList(rejected.map(({ cause, count }) => `${formatCount(count)} by ${cause ?? ''}`));
  const causes = by === '' ? '' : ` (${by})`;
  const admitted = sum(totals) - sum(rejected);
  return `Stopped after ${plural(sum(totals), 'decision')}: ${formatCount(admitted)} admitted, ${formatCount(sum(rejected))} rejected${causes}.`;
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
