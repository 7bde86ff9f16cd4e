// The documents that were applied last: one compressed row per set of `-c` paths.
import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { AppliedDocuments } from '#model/applied-documents.ts';

export interface PackedDocuments {
  readonly key: string;
  readonly generation: number;
  readonly digest: string;
  readonly body: Uint8Array;
}

// Level 1 packs 25 MB of manifests to 0.8 MB in 45 ms; the checksum finds flipped bits.
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
// Bounds what a damaged row can make us allocate: the largest file that is read, and its escapes.
const maxBytes = 512 * 1024 * 1024;

export function packDocuments(key: string, { generation, digest, documents }: AppliedDocuments): PackedDocuments {
  const text = JSON.stringify(documents.map(({ file, text }) => [file, text]));
  return { key, generation, digest, body: zstdCompressSync(text, { params }) };
}

/** @throws when the body is damaged */
export function unpackDocuments({ generation, digest, body }: PackedDocuments): AppliedDocuments {
  const text = zstdDecompressSync(body, { maxOutputLength: maxBytes }).toString();
  const documents = (JSON.parse(text) as [string, string][]).map(([file, text]) => ({ file, text }));
  return { generation, digest, documents };
}

export function writeDocuments(db: DatabaseSync, { key, generation, digest, body }: PackedDocuments): void {
  db.prepare('INSERT OR REPLACE INTO applied (key, generation, digest, documents) VALUES (?, ?, ?, ?)').run(
    key,
    generation,
    digest,
    body,
  );
}

export function readGeneration(db: DatabaseSync, key: string): { generation: number; digest: string } | null {
  const row = db.prepare('SELECT generation, digest FROM applied WHERE key = ?').get(key);
  return row ? { generation: Number(row['generation']), digest: String(row['digest']) } : null;
}

/** @throws when the row is damaged */
export function readDocuments(db: DatabaseSync, key: string): AppliedDocuments | null {
  const row = db.prepare('SELECT generation, digest, documents FROM applied WHERE key = ?').get(key);
  const body = row?.['documents'];
  if (!row || !(body instanceof Uint8Array)) return null;
  return unpackDocuments({ key, generation: Number(row['generation']), digest: String(row['digest']), body });
}
