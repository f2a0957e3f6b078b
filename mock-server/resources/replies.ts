/** What operations say when all is well, and the errors that several of them answer. */
import { type Reply, ReplyError } from './resource.ts';

/** 200 with a body. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

const texts = new WeakMap<object, string>();

/** 200 with an entity that may be asked for again as the same object: it is written once. It must never be changed. */
export function kept(body: object): Reply {
  let text = texts.get(body);
  if (text === undefined) {
    text = JSON.stringify(body);
    texts.set(body, text);
  }
  return { status: 200, body, text };
}

/** To be thrown: 400, something in the request breaks a rule. `message` names what, and the rule. */
export function badRequest(message: string): ReplyError {
  return new ReplyError(400, 'bad.request', message);
}

/** To be thrown: 404, there is no such thing in the caller's organization. */
export function notFound(what: string): ReplyError {
  return new ReplyError(404, 'not.found', `The requested ${what} was not found.`);
}

/** To be thrown: 409, the sent version is not the present one. The words "does not match the current version" are what clients look for. */
export function staleVersion(what: string, sent: number, current: number): ReplyError {
  return new ReplyError(
    409,
    'version.conflict',
    `The ${what}'s version [${sent}] does not match the current version [${current}].`,
  );
}

/** The fields that were sent: those of value undefined are left out. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
