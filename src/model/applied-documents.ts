// What runs, as it was read: kept so that a start has something to run.

/** The documents that were applied last, under the generation that they became. */
export interface AppliedDocuments {
  readonly generation: number;
  /** SHA-256 of all documents, hexadecimal: equal digests are the same generation. */
  readonly digest: string;
  readonly documents: readonly { readonly file: string; readonly text: string }[];
}
