import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readRequest } from '#control/http-text.ts';

const read = (text: string) => readRequest(text, 100);

test('a request is its line, its headers and its body', () => {
  expect(read('GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n')).toEqual({
    kind: 'whole',
    method: 'GET',
    target: '/v1/status',
    bytes: 36,
  });
  const post = 'POST /v1/reload HTTP/1.1\r\ncontent-length: 2\r\n\r\n';
  expect(read(post)).toEqual({ kind: 'partial' });
  expect(read(`${post}ab`)).toMatchObject({ kind: 'whole', method: 'POST', bytes: post.length + 2 });
  expect(read(`${post}abGET `)).toMatchObject({ kind: 'whole', bytes: post.length + 2 });
});

test('every beginning of a request is a part of it', () => {
  const whole = 'POST /v1/announce?address=192.0.2.1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
  for (let length = 0; length < whole.length; length++) expect(read(whole.slice(0, length)).kind).toBe('partial');
  expect(read(whole).kind).toBe('whole');
});

const refusals: readonly (readonly [string, number])[] = [
  ['\r\n\r\n', 400],
  ['GET http://x/ HTTP/1.1\r\n\r\n', 400],
  ['GET / HTTP/2\r\n\r\n', 400],
  ['get / HTTP/1.1\r\n\r\n', 400],
  ['GET /a b HTTP/1.1\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\ncontent-length: 0\r\ncontent-length: 2\r\n\r\n', 400],
  ['POST / HTTP/1.1\r\ncontent-length: 101\r\n\r\n', 413],
  ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n', 501],
  [`GET / HTTP/1.1\r\na: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['x'.repeat(20_000), 431],
];

for (const [text, status] of refusals) {
  test(`${JSON.stringify(text.slice(0, 60))} is refused with ${status}`, () => {
    expect(read(text)).toMatchObject({ kind: 'bad', status });
  });
}

test('any bytes are a request, a part of one, or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(['partial', 'bad', 'whole']).toContain(read(`${text}\r\n\r\n`).kind);
    }),
    { seed: 20261123, numRuns: 500 },
  );
});
