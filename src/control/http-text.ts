// As much of HTTP/1.1 as the admin socket needs: one request per connection, its body read and not used.
// Read RFC 9112 §2.1 and §6 before changing this file.

export type RequestHead =
  /** More bytes are needed. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'bad'; readonly status: 400 | 413 | 431 | 501; readonly message: string }
  | { readonly kind: 'whole'; readonly method: string; readonly target: string; readonly bytes: number };

/** RFC 9112 §3 leaves limits to the server: ours are requests of a line and a few headers. */
const maxHeadBytes = 16 * 1024;

const requestLine = /^([A-Z]{1,16}) (\/[!-~]{0,4096}) HTTP\/1\.[01]$/;
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*(.*?)[\t ]*$/;

/** `bytes` of the result: how long the whole request is, with its body. `text`: bytes as Latin-1. */
export function readRequest(text: string, maxBodyBytes: number): RequestHead {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return text.length > maxHeadBytes ? bad(431, 'The request is too long') : { kind: 'partial' };
  if (end > maxHeadBytes) return bad(431, 'The request is too long');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, method = '', target = ''] = requestLine.exec(first) ?? [];
  if (method === '') return bad(400, 'This is no HTTP request');
  const body = bodyLength(lines);
  if (typeof body !== 'number') return body;
  if (body > maxBodyBytes) return bad(413, 'The body is too long');
  const bytes = end + 4 + body;
  return text.length < bytes ? { kind: 'partial' } : { kind: 'whole', method, target, bytes };
}

function bodyLength(lines: readonly string[]): number | RequestHead {
  let length: number | null = null;
  for (const line of lines) {
    const [, name = '', value = ''] = fieldLine.exec(line) ?? [];
    // RFC 9112 §6.1: a server that does not understand a transfer coding answers 501.
    if (name.toLowerCase() === 'transfer-encoding') return bad(501, 'Transfer codings are not understood here');
    if (name.toLowerCase() !== 'content-length') continue;
    if (!/^\d{1,9}$/.test(value) || (length !== null && length !== Number(value)))
      return bad(400, 'Bad content-length');
    length = Number(value);
  }
  return length ?? 0;
}

function bad(status: 400 | 413 | 431 | 501, message: string): RequestHead {
  return { kind: 'bad', status, message };
}

/** Of the codes that are answered. */
const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

/** The head of an answer that ends with its connection (RFC 9112 §6.3, rule 8). `fields`: without control characters. */
export function responseHead(status: number, fields: Iterable<readonly [string, string]>): string {
  const lines = [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${phrases[status] ?? ''}\r\n${lines}connection: close\r\n\r\n`;
}
