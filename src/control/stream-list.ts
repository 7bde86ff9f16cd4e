// Lists as JSON text in pieces, so that a long one neither blocks the daemon nor exists twice in memory.
import { apiVersion, type Items, type Kind, listKinds, timestamp } from './protocol.ts';

// Between two pieces the daemon does its other work: 500 items take about a millisecond.
const itemsPerPiece = 500;

/** JSON that survives every terminal and log: all but ASCII is escaped. */
export function asciiJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export interface ListHead {
  readonly nowMs: number;
  readonly node: string;
}

/** The text of one list, piece by piece. */
export async function* listText<K extends Kind>(
  kind: K,
  { nowMs, node }: ListHead,
  items: Iterable<Items[K]>,
): AsyncGenerator<string, void> {
  const head = asciiJson({ apiVersion, kind: listKinds[kind], generatedAt: timestamp(nowMs), node });
  let piece = `${head.slice(0, -1)},"items":[`;
  let count = 0;
  for (const item of items) {
    if (count > 0) piece += ',';
    piece += asciiJson(item);
    count++;
    if (count % itemsPerPiece === 0) {
      yield piece;
      piece = '';
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  yield `${piece}]}\n`;
}
