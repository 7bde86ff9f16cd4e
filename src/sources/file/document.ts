// One document of a manifest file: its value, and where in the text each part of it stands.

export type Path = readonly (string | number)[];

/** Offsets into the text of the file. An entry of a list has no key: `key` is its value then. */
export interface Mark {
  readonly key: number;
  readonly value: number;
}

/** Marks by path text; the root is the empty string. */
export type Marks = ReadonlyMap<string, Mark>;

export interface RawDocument {
  readonly value: unknown;
  /** The reader found a fault already: nothing of it may be used, but all that is wrong with it is told. */
  readonly faulty?: true;
  /** Offset of the first character of the document's content. */
  readonly start: number;
  /** Marks of every node of the document. Costs a second pass: only for strict kinds and for problems. */
  marks(): Marks;
  /** Entry `index` of the top-level list `items` as a document of its own. */
  item(index: number): RawDocument;
}

const plainKey = /^[A-Za-z_][\w-]*$/;

/** Text of one step, to be appended to the text of a path. */
export function stepText(parent: string, step: string | number): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  if (!plainKey.test(step)) return `${parent}[${JSON.stringify(step)}]`;
  return parent === '' ? step : `${parent}.${step}`;
}

/** `spec.blocks[0].cidr`; keys that are no plain words are quoted: `metadata.labels["a.b/c"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) text = stepText(text, step);
  return text;
}

/** The mark of the nearest node that exists on the way to `path`. */
export function nearestMark(marks: Marks, path: Path, start: number): { readonly mark: Mark; readonly exact: boolean } {
  for (let length = path.length; length >= 0; length--) {
    const mark = marks.get(pathText(path.slice(0, length)));
    if (mark) return { mark, exact: length === path.length };
  }
  return { mark: { key: start, value: start }, exact: false };
}

/** The node at `prefix` of a document whose marks are all at hand (`allMarks`). */
export function documentWithin(value: unknown, start: number, allMarks: () => Marks, prefix: string): RawDocument {
  return {
    value,
    start,
    marks: () => (prefix === '' ? allMarks() : marksBelow(allMarks(), prefix)),
    item: (index) => {
      const path = stepText(stepText(prefix, 'items'), index);
      const items = (value as { readonly items?: readonly unknown[] }).items ?? [];
      return documentWithin(items[index], allMarks().get(path)?.value ?? start, allMarks, path);
    },
  };
}

function marksBelow(marks: Marks, prefix: string): Marks {
  const found = new Map<string, Mark>();
  for (const [path, mark] of marks) {
    if (path === prefix) found.set('', mark);
    else if (path.startsWith(`${prefix}.`)) found.set(path.slice(prefix.length + 1), mark);
    else if (path.startsWith(`${prefix}[`)) found.set(path.slice(prefix.length), mark);
  }
  return found;
}
