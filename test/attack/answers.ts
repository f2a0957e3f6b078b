/** Reads what a server sent as strictly as a hostile reviewer: every answer must be whole, well-formed, and in the platform's or OAuth's form. */

/** One answer. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  /** '' where the status or HEAD forbids one. */
  readonly body: string;
}

/** Everything that a gateway may say to a stranger; 500 is not among them. */
const STATUSES = new Set([
  100, 200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 429, 431, 501, 503,
]);
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [A-Z][\w '-]*$/i;
const HEADER_LINE = /^[\w-]+: [\x20-\x7E]*$/;

/**
 * The answers in what came, in latin1. `mayBeCut`: the client hung up by itself, so the last one may be broken off.
 *
 * @throws Error that quotes what is not well-formed.
 */
export function readAnswers(text: string, mayBeCut: boolean): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) {
      if (mayBeCut) return answers;
      throw new Error(`An answer's head is not whole: ${quoted(rest)}`);
    }
    const head = rest.slice(0, end);
    const status = statusOf(head);
    rest = rest.slice(end + 4);
    const length = lengthOf(head, status);
    // The answer to HEAD tells a length and brings nothing.
    const isBare = length === 0 || rest === '' || rest.startsWith('HTTP/1.1 ');
    const body = isBare ? '' : rest.slice(0, length);
    if (!isBare && body.length < length) {
      if (mayBeCut) return answers;
      throw new Error(`An answer's body is not whole: ${quoted(head + body)}`);
    }
    rest = rest.slice(body.length);
    if (body !== '') checkBody(status, head, body);
    answers.push({ status, head, body });
  }
  return answers;
}

function statusOf(head: string): number {
  const [first = '', ...headers] = head.split('\r\n');
  const status = Number(STATUS_LINE.exec(first)?.[1]);
  if (!STATUSES.has(status)) throw new Error(`No such status is expected: ${quoted(head)}`);
  const broken = headers.find((line) => !HEADER_LINE.test(line));
  if (broken !== undefined) throw new Error(`A header is not well-formed: ${quoted(broken)}`);
  const names = headers.map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  if (new Set(names).size < names.length) throw new Error(`A header stands twice: ${quoted(head)}`);
  return status;
}

function lengthOf(head: string, status: number): number {
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if ((status === 100 || status === 204) !== (length === undefined)) {
    throw new Error(`A length is missing or too many: ${quoted(head)}`);
  }
  return Number(length ?? 0);
}

function checkBody(status: number, head: string, body: string): void {
  const said = JSON.parse(Buffer.from(body, 'latin1').toString()) as Record<string, unknown>;
  if (status < 400) return;
  const id = /^inin-correlation-id: (.*)$/im.exec(head)?.[1];
  const isPlatform = said['status'] === status && said['contextId'] === id && typeof said['code'] === 'string';
  const isOauth = typeof said['error'] === 'string' && said['description'] === said['error_description'];
  if (!isPlatform && !isOauth) throw new Error(`An error has no known form: ${quoted(head + body)}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 600));
}
