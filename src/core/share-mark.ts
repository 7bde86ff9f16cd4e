// What decides about sharing in a few letters, so that records of a hundred thousand services stay small on the wire.
import { textHash } from './text-hash.ts';

/** BOUNDED: distinct signatures of the running configuration; started anew when it grows beyond `mostMarks`. */
const marks = new Map<string, string>();
const mostMarks = 65_536;

/** `signature`: see `Sharing.signature`. Equal signatures have equal marks; an empty one has an empty mark. */
export function shareMark(signature: string): string {
  if (signature === '') return '';
  const known = marks.get(signature);
  if (known !== undefined) return known;
  if (marks.size >= mostMarks) marks.clear();
  const mark = `${textHash(keyOf(signature)).toString(36)}.${textHash(signature).toString(36)}`;
  marks.set(signature, mark);
  return mark;
}

/** Whether two marks are of the same sharing key, so that their services may share an address as far as a mark tells. */
export function mayShareMarks(a: string, b: string): boolean {
  return a !== '' && b !== '' && a.slice(0, a.indexOf('.')) === b.slice(0, b.indexOf('.'));
}

/** The sharing key is the first value of a signature; one that is damaged stands for itself. */
function keyOf(signature: string): string {
  try {
    const [key] = JSON.parse(signature) as unknown[];
    return String(key);
  } catch {
    return signature;
  }
}
