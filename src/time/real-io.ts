/**
 * Real input and output of code under test in ambient virtual time. It would be outrun by virtual time, and the run would come out differently on
 * every machine. So each such call ends the run, by name, before anything is sent or read.
 *
 * What is refused completes in real time: asynchronous file calls, sockets, name look-ups, child processes, threads, compression and the
 * cryptography of the thread pool. What blocks (`readFileSync`, `require`) takes no virtual time and is let through. Calls by
 * somebody else in the same process (a test runner) go through as well: only what is called while the run's own code is on the stack is its own.
 */
import type childProcess from 'node:child_process';
import { createRequire } from 'node:module';
import { refuseRealIo } from './run-guards.ts';

type Callable = (...parameters: unknown[]) => unknown;
type Holder = Record<string, unknown>;

/** One function to stand before. */
interface Entry {
  readonly holder: Holder;
  readonly name: string;
  /** Stands before the real function while a run is under way. */
  readonly standIn: unknown;
}

const FILES =
  'Import modules, read and write files before the first call (when the module is loaded), or use the ...Sync functions';
const NETWORK = 'Send requests with the fetch that it is given, or with globalThis.fetch';
const WORK = 'Do it before the first call (when the module is loaded)';

let entries: readonly Entry[] | null = null;

/** Stands before everything real, until the returned function is called. */
export function standBeforeRealIo(): () => void {
  // Made once, when first needed: modules are loaded for it, and a module under test may keep a stand-in from one run to the next.
  entries ??= allEntries();
  // Plain assignments: all of these are writable, and defining 200 properties anew would take half a millisecond for each run.
  const before = entries.map(({ holder, name }) => holder[name]);
  for (const { holder, name, standIn } of entries) holder[name] = standIn;
  return () => entries?.forEach(({ holder, name }, index) => (holder[name] = before[index]));
}

function allEntries(): Entry[] {
  const require = createRequire(import.meta.url);
  const builtin = (name: string) => require(`node:${name}`) as Holder;
  return [
    ...fileEntries(builtin),
    ...networkEntries(builtin),
    ...processEntries(builtin),
    ...threadPoolEntries(builtin),
  ];
}

type Builtin = (name: string) => Holder;

function fileEntries(builtin: Builtin): Entry[] {
  const fs = builtin('fs');
  const asynchronous = functionNames(fs).filter((name) => `${name}Sync` in fs);
  const streams = ['createReadStream', 'createWriteStream'];
  const promises = builtin('fs/promises');
  return [
    ...refused(fs, 'fs', [...asynchronous, ...streams], FILES),
    ...refused(promises, 'fs.promises', functionNames(promises), FILES),
  ];
}

function networkEntries(builtin: Builtin): Entry[] {
  const net = builtin('net');
  const dns = builtin('dns');
  const lookups = (holder: Holder) => functionNames(holder).filter((name) => /^(?:lookup|resolve|reverse)/.test(name));
  const dnsPromises = builtin('dns/promises');
  return [
    ...refused(builtin('http'), 'http', ['request', 'get'], NETWORK),
    ...refused(builtin('https'), 'https', ['request', 'get'], NETWORK),
    ...refused(net, 'net', ['connect', 'createConnection'], NETWORK),
    ...refused(prototypeOf(net['Socket']), 'net.Socket', ['connect'], NETWORK),
    ...refused(prototypeOf(net['Server']), 'net.Server', ['listen'], NETWORK),
    ...refused(builtin('tls'), 'tls', ['connect'], NETWORK),
    ...refused(prototypeOf(builtin('dgram')['Socket']), 'dgram.Socket', ['bind', 'connect', 'send'], NETWORK),
    ...refused(dns, 'dns', lookups(dns), NETWORK),
    ...refused(dnsPromises, 'dns.promises', lookups(dnsPromises), NETWORK),
  ];
}

function processEntries(builtin: Builtin): Entry[] {
  const processes = builtin('child_process') as Holder & typeof childProcess;
  return [
    ...refused(processes, 'child_process', ['spawn', 'exec', 'execFile', 'fork'], WORK),
    ...refused(prototypeOf(processes.ChildProcess), 'ChildProcess', ['spawn'], WORK),
    ...refused(builtin('worker_threads'), 'worker_threads', ['Worker'], WORK),
  ];
}

function threadPoolEntries(builtin: Builtin): Entry[] {
  const crypto = builtin('crypto');
  const subtle = Object.getPrototypeOf((crypto['webcrypto'] as Holder)['subtle']) as Holder;
  const always = ['pbkdf2', 'scrypt', 'hkdf', 'generateKeyPair', 'generateKey', 'generatePrime', 'checkPrime'];
  const withCallback = ['randomBytes', 'randomFill', 'randomInt', 'sign', 'verify', 'diffieHellman'];
  // All streams and one-shot functions of zlib come down to this method of their common ancestor.
  const zlibBase = Object.getPrototypeOf(Object.getPrototypeOf(prototypeOf(builtin('zlib')['Gzip']))) as Holder;
  return [
    ...refused(crypto, 'crypto', always, WORK),
    ...refused(crypto, 'crypto', withCallback, WORK, (parameters) => typeof parameters.at(-1) === 'function'),
    ...refused(subtle, 'crypto.subtle', functionNames(subtle), WORK),
    ...refused(zlibBase, 'zlib', ['_transform'], WORK, undefined, 'zlib'),
  ];
}

/** Stand-ins for functions of one holder that are there. They pass everything on unless it is the code under test that calls. */
function refused(
  holder: Holder,
  path: string,
  names: readonly string[],
  remedy: string,
  isReal: (parameters: unknown[]) => boolean = () => true,
  shown?: string,
): Entry[] {
  return names.flatMap((name) => {
    const real = holder[name];
    if (typeof real !== 'function') return [];
    const check = (parameters: unknown[]) => {
      if (isReal(parameters)) refuseRealIo(shown ?? `${path}.${name}()`, remedy);
    };
    // A proxy keeps what hangs on the function: its name, its length, util.promisify.custom.
    const standIn = new Proxy(real as Callable, {
      apply(target, self, parameters: unknown[]) {
        check(parameters);
        return Reflect.apply(target, self, parameters);
      },
      construct(target, parameters: unknown[], newTarget) {
        check(parameters);
        return Reflect.construct(target, parameters, newTarget) as object;
      },
    });
    return [{ holder, name, standIn }];
  });
}

/** Names of the functions of an object that are its own. */
function functionNames(holder: Holder): string[] {
  return Object.getOwnPropertyNames(holder).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(holder, name) ?? {};
    return name !== 'constructor' && /^[a-z]/.test(name) && typeof value === 'function';
  });
}

function prototypeOf(constructor: unknown): Holder {
  return (constructor as { readonly prototype: Holder }).prototype;
}
