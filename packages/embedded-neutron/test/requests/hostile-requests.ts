import fc from 'fast-check';

/** Bytes to send to one of the two services on a connection of their own. */
export interface HostileRequest {
  readonly service: 'network' | 'identity';
  readonly bytes: Uint8Array;
  /** Ends the connection after the last byte without waiting for an answer. */
  readonly hangUp: boolean;
}

/** The token of a member, as hostile requests contain it. */
export const TOKEN = '{token}';

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/**
 * Bodies of a POST to /v2.0/networks that are no proper JSON, or contain what no attribute can be; by name.
 */
export const badBodies: Readonly<Record<string, string>> = {
  NUL: '{"network":{"name":"a\\u0000b"}}',
  'half a surrogate pair': '{"network":{"name":"\\ud800"}}',
  'NUL in a key': '{"network":{"a\\u0000":1}}',
  'a list': '[]',
  null: '{"network":null}',
  'a list of nulls': '{"networks":[null]}',
  'a number': '{"network":{"name":5}}',
  'an object as name': '{"network":{"name":{"$ne":1}}}',
  'deep nesting': `{"network":{"name":${nested('[', ']', 5000)}}}`,
  'deeply nested objects': `{"network":{"name":${nested('{"a":', '}', 5000).replace('}', '1}')}}}`,
  'an endless list': '['.repeat(100_000),
  prototype: '{"network":{"__proto__":{"shared":true}}}',
  'a large number': '{"network":{"mtu":1e400}}',
  'many digits': `{"network":{"mtu":${'9'.repeat(10_000)}}}`,
  'a key twice': '{"network":{"name":5,"name":5}}',
  'a byte order mark': '\ufeff{"network":{"name":5}}',
  'many keys': `{"network":{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')}}}`,
  'many items': `{"networks":[${'{},'.repeat(20_000)}null]}`,
  'a long key': `{"network":{"${'k'.repeat(100_000)}":1}}`,
  'a long name': `{"network":{"name":"${'x'.repeat(500_000)}"}}`,
};

const methods = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'X',
];
const paths = [
  '/v2.0/networks',
  '/v2.0/ports',
  '/v2.0/subnets',
  '/v2.0/security-groups',
  '/v2.0/trunks',
  '/v2.0/quotas',
  '/v2.0/extensions',
  '/v3/auth/tokens',
  '/v3/users',
  '/v3/projects',
  '/',
  '/v2.0',
  '/v2.0/',
  '//',
  '/v2.0/networks/../../etc/passwd',
  '/v2.0/networks/%2e%2e%2f',
  '/v2.0/networks/%00',
  '/v2.0/networks/%',
  '/v2.0/networks/%ff%fe',
  '/v2.0/networks/__proto__',
  '/v2.0/ports/constructor/tags/__proto__',
  `/v2.0/networks/${'x'.repeat(10_000)}`,
  `/v2.0/${'/'.repeat(5000)}`,
  'http://127.0.0.1/v2.0/networks',
  'http://[::1/v2.0/networks',
  '*',
  'networks',
  '/v2.0/networks#fragment',
  '/v2.0/networks;x=y',
  '/v2.0\\networks',
];
const queries = [
  '',
  `?${Array.from({ length: 840 }, () => 'sort_key=name').join('&')}`,
  `?${Array.from({ length: 1000 }, (_, i) => `id=${i}`).join('&')}`,
  `?${Array.from({ length: 500 }, (_, i) => `f${i}=1`).join('&')}`,
  `?fields=${'x'.repeat(8000)}`,
  '?limit=99999999999999999999',
  '?limit=-1&marker=%00',
  '?marker=%ff',
  '?__proto__=1&constructor=2',
  `?name=${'a'.repeat(5000)}!`,
  `?tags=${','.repeat(5000)}`,
  '?=&=&&?',
  '?fixed_ips=ip_address%3D%00',
];
const tokens = [
  TOKEN,
  TOKEN,
  TOKEN,
  '',
  'x',
  'x'.repeat(8000),
  'e30.e30.',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
  'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9.AAAA',
  '../../etc/passwd',
  '\u00e4\u00ff',
  `${TOKEN}x`,
];
const headers = [
  'Content-Type: application/json',
  'Content-Type: text/xml',
  'Content-Type: multipart/form-data; boundary=x',
  'Content-Encoding: gzip',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity, chunked, chunked',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 1\r\nContent-Length: 2',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Connection: close',
  'If-Match: revision_number=9999999999999999999999',
  'If-Match: \u00ff\u00fe',
  'Range: bytes=0-',
  'Accept-Encoding: gzip;q=x, *',
  `X-Forwarded-For: ${'1.2.3.4, '.repeat(300)}`,
  `Cookie: ${'a=b; '.repeat(1000)}`,
  `X-Long: ${'x'.repeat(20_000)}`,
  Array.from({ length: 300 }, (_, i) => `X-${i}: 1`).join('\r\n'),
  'no colon',
  ': no name',
  'X-Nul: a\0b',
  ' folded',
  'X-Subject-Token: x',
  'Host: ',
  'Host: a\r\nHost: b',
];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/3.0', 'HTTP/1.1x', ''];

const logins = [
  '{"auth":{"identity":{"methods":["constructor"]}}}',
  '{"auth":{"identity":{"methods":["password"],"password":{"user":{"__proto__":{},"id":"x","password":"y"}}}}}',
  `{"auth":{"identity":{"methods":${nested('[', ']', 2000)}}}}`,
  `{"auth":{"identity":{"methods":["token"],"token":{"id":"${'x'.repeat(50_000)}"}}}}`,
  '{"auth":null}',
];
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...Object.values(badBodies), ...logins).map((text) => Buffer.from(text)),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.constant(new Uint8Array()) },
);

/** A request line, headers and a body that need not fit each other. */
const assembled = fc
  .record({
    method: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE') },
      fc.constantFrom(...methods),
    ),
    path: fc.constantFrom(...paths),
    query: fc.constantFrom(...queries),
    version: fc.constantFrom(...versions),
    token: fc.constantFrom(...tokens),
    others: fc.array(fc.constantFrom(...headers), { maxLength: 3 }),
    content: body,
    hasLength: fc.boolean(),
    cut: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ method, path, query, version, token, others, content, hasLength, cut }) => {
    const lines = [
      `${method} ${path}${query} ${version}`,
      'Host: localhost',
      `X-Auth-Token: ${token}`,
      ...others,
      ...(hasLength ? [`Content-Length: ${content.byteLength}`] : []),
    ];
    const bytes = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
    return bytes.subarray(0, Math.ceil(bytes.length * cut));
  });

/** Well-formed HTTP with a body of the list above, which reaches the parsers of the API. */
const wellFormed = fc
  .record({
    method: fc.constantFrom('POST', 'PUT'),
    path: fc.constantFrom(
      '/v2.0/networks',
      '/v2.0/ports',
      '/v2.0/subnets',
      '/v2.0/trunks',
      '/v2.0/security-groups',
      '/v2.0/security-group-rules',
      '/v2.0/networks/x/tags',
      '/v2.0/quotas/x',
      '/v3/auth/tokens',
      '/v3/users',
      '/v3/projects',
    ),
    content: body,
  })
  .map(({ method, path, content }) =>
    Buffer.concat([
      Buffer.from(
        `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: ${TOKEN}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${content.byteLength}\r\n\r\n`,
      ),
      content,
    ]),
  );

const pipelined = fc
  .array(fc.constantFrom('/v2.0/networks', '/v2.0/ports', '/v2.0/nosuch', '/'), {
    minLength: 2,
    maxLength: 50,
  })
  .map((all) =>
    Buffer.from(
      all.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\n\r\n`).join(''),
    ),
  );

const chunked = fc
  .array(
    fc.constantFrom('5\r\nhello\r\n', '0\r\n\r\n', 'zz\r\n', 'ffffffffff\r\n', '1;x=y\r\na\r\n', '-1\r\n'),
    { maxLength: 6 },
  )
  .map((chunks) =>
    Buffer.from(
      `POST /v2.0/networks HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}`,
    ),
  );

/** Requests of strangers and of members who want to disturb the services. */
export const hostileRequests: fc.Arbitrary<HostileRequest> = fc.record({
  service: fc.constantFrom('network', 'network', 'identity'),
  bytes: fc.oneof(
    { weight: 8, arbitrary: assembled },
    { weight: 6, arbitrary: wellFormed },
    { weight: 1, arbitrary: pipelined },
    { weight: 1, arbitrary: chunked },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }) },
  ),
  hangUp: fc.boolean().chain((first) => (first ? fc.boolean() : fc.constant(false))),
});
