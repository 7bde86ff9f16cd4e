// The JSON values of a file: one document, or one per line.
import { readFileSync } from 'node:fs';
import type { ClientResult } from '#control/client.ts';

export interface JsonValues {
  readonly values: readonly unknown[];
  /** The file as messages name it. */
  readonly place: string;
}

/** `-` is stdin. @returns why it cannot be read, as a refusal. */
export async function readValues(path: string): Promise<ClientResult<JsonValues>> {
  let text: string;
  try {
    text = path === '-' ? await Bun.stdin.text() : readFileSync(path, 'utf8');
  } catch (error) {
    return refusal(`Cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  }
  const place = path === '-' ? 'stdin' : `"${path}"`;
  const whole = parse(text);
  if (whole !== undefined) return { ok: true, value: { values: [whole], place } };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parse);
  const bad = values.indexOf(undefined);
  if (bad < 0) return { ok: true, value: { values, place } };
  return refusal(values.length === 1 ? `${place} holds no JSON` : `${place}: line ${bad + 1} is no JSON`);
}

export function refusal<T>(message: string): ClientResult<T> {
  return { ok: false, failure: { code: 'refused', reason: 'bad_request', message } };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined: it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
