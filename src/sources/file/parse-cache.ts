// What manifests yielded, kept for the next start: parsing is a function of their texts and of this program alone.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { ParsedFiles } from './parse-files.ts';
import type { FileInput } from './steps.ts';

type Texts = readonly Required<FileInput>[];
type Kept = Omit<ParsedFiles, 'documents'>;

/** Bytes of SHA-256. */
const digestBytes = 32;

export class ParseCache {
  readonly #path: string;
  readonly #program: string;

  /** `program`: differs for every build, whose rules may be others. */
  constructor(path: string, program: string) {
    this.#path = path;
    this.#program = program;
  }

  /** Null when the file is missing, damaged, another program's, or about other texts. */
  read(texts: Texts): Kept | null {
    try {
      const bytes = readFileSync(this.#path);
      const body = bytes.subarray(digestBytes);
      if (!this.#digest(texts, body).equals(bytes.subarray(0, digestBytes))) return null;
      return deserialize(body) as Kept;
    } catch {
      // A cache that cannot be read is none: the texts are parsed.
      return null;
    }
  }

  write(texts: Texts, { objects, problems, skipped, count }: ParsedFiles): void {
    try {
      const body = serialize({ objects, problems, skipped, count } satisfies Kept);
      const fresh = `${this.#path}.new`;
      writeFileSync(fresh, Buffer.concat([this.#digest(texts, body), body]), { mode: 0o600 });
      renameSync(fresh, this.#path);
    } catch {
      // An unwritable state directory is reported by the state store; the next start parses.
    }
  }

  /** Of the texts, the program and the result: one wrong bit anywhere makes it another one. */
  #digest(texts: Texts, body: Uint8Array): Buffer {
    const hash = createHash('sha256').update(`${this.#program}\n`);
    for (const { path, text } of texts) hash.update(`${path.length} ${text.length} ${path}\n`).update(text);
    return hash.update(body).digest();
  }
}
