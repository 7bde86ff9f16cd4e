// Text of foreign origin made harmless for terminals and logs.

// Cc: C0, DEL, C1. Cf: zero-width, bidirectional controls, soft hyphen, byte order mark, tag characters.
// Zl, Zp: line and paragraph separators. Cs: lone surrogates. See CWE-150.
const harmful = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The text with every character that could move a cursor, hide or reorder text, or start a new line, replaced by its
 * visible number (`\u{1b}`). Every place that shows text of foreign origin on a terminal or in a log line uses this.
 */
export function safeText(text: string): string {
  return text.replace(harmful, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Whether `safeText` would change the text. */
export function isSafeText(text: string): boolean {
  return safeText(text) === text;
}

/** The text in double quotes for a message: harmless, and cut so that one value cannot fill a screen. */
export function quote(text: string): string {
  const shown = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return `"${safeText(shown)}"`;
}

/** Longer than any Kubernetes name (253 characters), so that only nonsense is cut. */
const longestQuote = 256;
