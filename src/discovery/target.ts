/**
 * What the user says may be sent to a server: who as, and what. A file of it holds no secret itself unless the user writes one into it: tokens and
 * headers may come from the environment or from files.
 */
import { z } from 'zod';
import { InputError, type Fault } from '../results/input-error.ts';
import { faultsOf } from '../results/parse-results.ts';
import type { Identity, Label, ProbeRoute } from './black-box.ts';

/** Where a secret is. */
export type SecretSource = { readonly env: string } | { readonly file: string };

const LABELS = ['org', 'client', 'token', 'user', 'app', 'ip'] as const satisfies readonly Label[];

/** Most of them: each has to be told apart from each. */
const LIST_MAX = 100;
const BODY_MAX = 1_000_000;

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]+$/u, 'must be a text without control characters');
const secret = z.custom<SecretSource>(isSecretSource, 'must be {"env": "<variable>"} or {"file": "<path>"}');
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header');
const plainValue = z
  .string()
  .max(8000)
  .regex(/^[^\p{Cc}]*$/u, 'must be a text without control characters');
const headers = z.record(
  headerName,
  z.custom<string | SecretSource>(
    (value) => plainValue.safeParse(value).success || isSecretSource(value),
    'must be a text, {"env": "<variable>"} or {"file": "<path>"}',
  ),
);
const path = z
  .string()
  .max(2000)
  .regex(/^\/[^\s\p{Cc}#]*$/u, 'must be a path that begins with /, without spaces and without #');

const schema = z.strictObject({
  identities: z
    .array(
      z.strictObject({
        name,
        labels: z.strictObject(Object.fromEntries(LABELS.map((label) => [label, name.optional()]))).default({}),
        token: secret.optional(),
        headers: headers.default({}),
      }),
    )
    .min(1, 'must be a list with at least one identity')
    .max(LIST_MAX),
  routes: z
    .array(
      z.strictObject({
        name: name.optional(),
        method: z
          .string()
          .regex(/^[A-Za-z]{1,20}$/, 'must be an HTTP method')
          .default('GET'),
        path,
        headers: z.record(headerName, plainValue).default({}),
        body: z.string().max(BODY_MAX).default(''),
      }),
    )
    .min(1, 'must be a list with at least one route')
    .max(LIST_MAX),
});

/** What may be sent, secrets and all: for the prober, and nobody else. */
export interface DiscoveryTarget {
  readonly identities: readonly Identity[];
  readonly routes: readonly ProbeRoute[];
}

/** Reads one secret. Throws why it cannot. */
export type ReadSecret = (source: SecretSource, path: string) => Promise<string>;

/**
 * Reads a target file's content.
 *
 * @param loose JSON value of unknown origin.
 * @param readSecret Gives the secrets that it refers to.
 * @throws (rejects) InputError with every fault's path, rule and value; values of headers and bodies are not shown.
 */
export async function parseDiscoveryTarget(
  loose: unknown,
  file: string,
  readSecret: ReadSecret,
): Promise<DiscoveryTarget> {
  const parsed = schema.safeParse(loose);
  if (!parsed.success)
    throw new InputError('read', file, hideSecrets(parsed.error.issues.flatMap((issue) => faultsOf(issue, loose))));
  const { identities, routes } = parsed.data;
  const faults = [
    ...doubled(
      'identities',
      identities.map(({ name }) => name),
    ),
    ...doubled(
      'routes',
      routes.map((route) => route.name ?? `${route.method.toUpperCase()} ${route.path}`),
    ),
    ...routes.flatMap(({ path }, at) => secretInQuery(path, `routes[${at}].path`)),
    ...routes.flatMap(({ method, body }, at) =>
      body !== '' && /^(?:GET|HEAD)$/i.test(method)
        ? [
            {
              path: `routes[${at}].body`,
              rule: `left out, as ${method.toUpperCase()} has none`,
              value: `${body.length} characters`,
            },
          ]
        : [],
    ),
  ];
  if (faults.length > 0) throw new InputError('read', file, faults);
  return {
    identities: await Promise.all(
      identities.map(async ({ name, labels, token, headers }, at) => ({
        name,
        labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)),
        headers: {
          ...(await secretsIn(headers, `identities[${at}].headers`, readSecret)),
          ...(token === undefined
            ? {}
            : { authorization: `Bearer ${await readSecret(token, `identities[${at}].token`)}` }),
        },
      })),
    ),
    routes: routes.map(({ name, method, ...route }) => ({
      ...route,
      method: method.toUpperCase(),
      name: name ?? `${method.toUpperCase()} ${route.path}`,
    })),
  };
}

/** What tokens and paths on the command line come to: one identity per token, of which nothing else is known. */
export function simpleTarget(tokens: readonly string[], method: string, paths: readonly string[]): DiscoveryTarget {
  const target = {
    identities: (tokens.length === 0 ? [null] : tokens).map((token, at) => ({
      name: token === null ? 'anybody' : `token ${at + 1}`,
      labels: tokens.length > 1 ? { token: `token ${at + 1}` } : {},
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    })),
    routes: paths.map((each) => ({
      name: `${method.toUpperCase()} ${each}`,
      method: method.toUpperCase(),
      path: each,
      headers: {},
      body: '',
    })),
  };
  const faults = [
    ...(/^[A-Za-z]{1,20}$/.test(method) ? [] : [{ path: '--method', rule: 'an HTTP method', value: method }]),
    ...paths.flatMap((each) =>
      path.safeParse(each).success
        ? secretInQuery(each, '--path')
        : [{ path: '--path', rule: 'a path that begins with /, without spaces and without #', value: each }],
    ),
    ...doubled('--path', paths, true),
    ...tokens.flatMap((token) =>
      /^[\x21-\x7E]+$/.test(token)
        ? []
        : [{ path: '--token', rule: 'a text without spaces', value: `${token.length} characters` }],
    ),
    ...(new Set(tokens).size === tokens.length
      ? []
      : [{ path: '--token', rule: 'another one each time', value: `${tokens.length} tokens` }]),
  ];
  if (faults.length > 0) throw new InputError('read', 'the command line', faults);
  return target;
}

function isSecretSource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  const { env, file } = value as Record<string, unknown>;
  return (typeof env === 'string' && /^\w+$/.test(env)) || (typeof file === 'string' && file !== '');
}

async function secretsIn(
  headers: Readonly<Record<string, string | SecretSource>>,
  path: string,
  readSecret: ReadSecret,
): Promise<Record<string, string>> {
  const read = Object.entries(headers).map(
    async ([name, value]) =>
      [name.toLowerCase(), typeof value === 'string' ? value : await readSecret(value, `${path}.${name}`)] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

/** Paths stand in results, logs and reports. */
function secretInQuery(path: string, where: string): Fault[] {
  const names = [...new URLSearchParams(path.split('?')[1] ?? '').keys()];
  const found = names.find((each) => /token|secret|passw|api-?_?key|^key$|auth|signature|^sig$/i.test(each));
  const rule = 'without secrets, as it stands in results and log (a header can hold them)';
  return found === undefined ? [] : [{ path: where, rule, value: `${path.split('?')[0]}?${found}=…` }];
}

function doubled(where: string, names: readonly string[], isFlag = false): Fault[] {
  return names.flatMap((each, at) =>
    names.indexOf(each) === at
      ? []
      : [{ path: isFlag ? where : `${where}[${at}].name`, rule: 'another one than those before it', value: each }],
  );
}

/** A value at or below a header or a token is not repeated in a message. */
function hideSecrets(faults: readonly Fault[]): Fault[] {
  return faults.map((fault) =>
    /headers|token|body/.test(fault.path) && fault.value !== undefined && !/\b(?:labels)\b/.test(fault.path)
      ? { ...fault, value: '(not shown)' }
      : fault,
  );
}
