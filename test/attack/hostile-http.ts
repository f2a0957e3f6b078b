/** Random bytes that are nearly HTTP. */
import * as fc from 'fast-check';
import type { Deed } from './hostile-clients.ts';

const CHARACTER = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const bytes = (maxLength: number) => fc.string({ unit: CHARACTER, maxLength });
const long = (unit: string, most: number) => fc.integer({ min: 1, max: most }).map((times) => unit.repeat(times));

const method = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS') },
  fc.constantFrom('CONNECT', 'TRACE', 'PROPFIND', 'SEARCH', 'M-SEARCH', 'PRI', 'get', 'G\0T', '', ' GET', 'G@T'),
  long('X', 5000),
);

const KNOWN_PATHS = [
  '/api/v2/users/me',
  '/api/v2/users',
  '/api/v2/users?pageSize=1&pageNumber=1',
  '/api/v2/flows',
  '/api/v2/analytics/conversations/details/query',
  '/api/v2/analytics/conversations/details/jobs',
  '/api/v2/limits/namespaces',
  '/oauth/token',
  '/login/oauth/token',
];
const segment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e%2e',
    '%00',
    '%ff',
    '%c0%af',
    '%',
    '%zz',
    '%2f',
    '*',
    '~',
    '__proto__',
    'me',
    'users',
  ),
  fc.constantFrom('constructor', 'api', 'v2', '..;', '..\\', '\xff\xfe', '\x7f', 'a:b@c', '%F0%9F%98%80', '%ed%a0%80'),
  bytes(6),
);
const target = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...KNOWN_PATHS) },
  { weight: 2, arbitrary: fc.array(segment, { maxLength: 20 }).map((parts) => `/${parts.join('/')}`) },
  fc.tuple(fc.constantFrom(...KNOWN_PATHS), bytes(12)).map(([path, more]) => `${path}?${more}`),
  fc.constantFrom(
    '*',
    '',
    'http://evil/api/v2/users/me',
    'https://',
    'http://[::1',
    'a:443',
    '//',
    '?',
    '#',
    'file:///etc/passwd',
  ),
  long('/a', 9000),
);
const version = fc.oneof(
  { weight: 25, arbitrary: fc.constant('HTTP/1.1') },
  fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.9', 'http/1.1', '', 'HTTP/1.1 x', 'HTTP/11'),
);

const header = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.constantFrom(
      'Host: test',
      'Authorization: Bearer known',
      'Content-Type: application/json',
      'Connection: keep-alive',
      'Content-Type: application/x-www-form-urlencoded',
      'Authorization: Basic YTpi',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'Authorization: Bearer nobody',
      'authorization: bearer\tknown',
      'Authorization: Basic ////',
      'Authorization:',
      'Connection: close',
      'Connection: upgrade',
      'Upgrade: websocket',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Expect: 100-continue',
      'Expect: the worst',
      'X-Forwarded-For: ::1, 1.2.3.4',
      'X-Forwarded-For: ,',
      'X-Ratelab-Items: 1e9',
      'X-Ratelab-Items: -0',
      'Content-Encoding: gzip',
      '__proto__: a',
      'constructor: b',
      ' folded: c',
      '\tfolded again',
      'no colon',
      ': no name',
      'Name : spaced',
      'Host: a, b',
      'Host: ',
      'Cookie: a=b',
      'TE: trailers',
      'Trailer: Host',
      'Bad\0Null: 1',
      'Value: \0',
      'Bare: \rreturn',
      'High: \xff\xfe',
    ),
  },
  fc.tuple(bytes(8), bytes(20)).map(([name, value]) => `${name}: ${value}`),
  long('L: l\r\n', 5000).map((lines) => lines.slice(0, -2)),
  long('v', 20_000).map((value) => `Long: ${value}`),
);

const body = fc.oneof(
  fc.constantFrom(
    '',
    '{}',
    '[]',
    'null',
    '{"name":"x","email":"a@b.c"}',
    'grant_type=client_credentials',
    '{"__proto__":{}}',
  ),
  fc.json(),
  bytes(60),
  fc.constantFrom('[', '{"a":').map((open) => open.repeat(3000)),
);
const chunk = fc.oneof(
  body.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`),
  fc.constantFrom(
    '1\r\nx\r\n',
    '1;a=b\r\nx\r\n',
    '\r\n',
    'zz\r\n',
    '-1\r\n',
    'ffffffffffffffff\r\n',
    '0\r\n',
    '3\r\nab',
    '1\nx\n',
    '0x1\r\nx\r\n',
  ),
);
const lastChunk = fc.constantFrom(
  '0\r\n\r\n',
  '0\r\nTrailer: x\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
  '',
  '0\r\n \r\n',
);
const chunked = fc.tuple(fc.array(chunk, { maxLength: 5 }), lastChunk).map(([chunks, last]) => chunks.join('') + last);
const encoding = fc.constantFrom(
  'chunked',
  'chunked',
  'chunked',
  'Chunked',
  'chunked, chunked',
  'gzip, chunked',
  'identity',
  'xchunked',
  '\tchunked',
);
const lie = fc.constantFrom(
  '-1',
  '+1',
  '0x10',
  '1e3',
  '99999999999999999999',
  '600000',
  '512001',
  '3, 3',
  '',
  ' ',
  '00002',
  '1\r\nContent-Length: 2',
);

/** Headers of the framing, and the body as it stands on the wire. */
const framing = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['', '']) },
  { weight: 3, arbitrary: body.map((text) => [`Content-Length: ${text.length}\r\n`, text]) },
  fc
    .tuple(body, fc.integer({ min: -3, max: 9 }))
    .map(([text, off]) => [`Content-Length: ${text.length + off}\r\n`, text]),
  fc.tuple(body, lie).map(([text, length]) => [`Content-Length: ${length}\r\n`, text]),
  { weight: 3, arbitrary: fc.tuple(encoding, chunked).map(([name, text]) => [`Transfer-Encoding: ${name}\r\n`, text]) },
  fc
    .tuple(encoding, chunked, lie)
    .map(([name, text, length]) => [`Transfer-Encoding: ${name}\r\nContent-Length: ${length}\r\n`, text]),
  body.map((text) => ['', text]),
);

const good = fc
  .constantFrom(...KNOWN_PATHS)
  .map((path) => `GET ${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer known\r\n\r\n`);
const nearly = fc
  .tuple(method, target, version, fc.array(header, { maxLength: 4 }), framing, fc.boolean())
  .map(([verb, path, protocol, headers, [lines = '', content = ''], isKnown]) => {
    const known = isKnown ? 'Host: test\r\nAuthorization: Bearer known\r\n' : '';
    return `${verb} ${path} ${protocol}\r\n${known}${headers.map((line) => `${line}\r\n`).join('')}${lines}\r\n${content}`;
  });
const stream = fc.array(fc.oneof({ weight: 5, arbitrary: nearly }, { weight: 2, arbitrary: good }, bytes(80)), {
  minLength: 1,
  maxLength: 4,
});
const ending = fc.oneof({ weight: 19, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\r\r\n'));
const leaving = fc.constantFrom('end', 'patient', 'patient', 'destroy', 'reset', 'first-byte');

/** What a hostile client does: requests that are nearly right, with other line ends now and then, cut anywhere, sent in pieces. */
export const hostileDeed: fc.Arbitrary<Deed> = fc
  .record({
    text: fc.tuple(stream, ending).map(([parts, end]) => parts.join('').replaceAll('\r\n', end)),
    // Cut anywhere in one of three.
    cut: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.double({ min: 0, max: 1, noNaN: true })),
    splits: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    leaving,
  })
  .map(({ text, cut, splits, leaving }) => {
    const sent = cut === null ? text : text.slice(0, Math.floor(cut * text.length));
    const at = [0, ...splits.map((share) => Math.floor(share * sent.length)).sort((a, b) => a - b), sent.length];
    const pieces = at.slice(1).map((to, index) => sent.slice(at[index], to));
    return { pieces: pieces.filter((piece) => piece !== ''), leaving };
  });
