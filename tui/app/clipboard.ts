// The clipboard of the terminal that somebody sits at, also over SSH: OSC 52 (XTerm Control Sequences, "Ps = 5 2").

/** Terminals take at most about this much, encoded. */
const mostEncoded = 75_000;

/** The escape sequence that copies the text; null when it is too long. */
export function clipboardSequence(text: string): string | null {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  return encoded.length > mostEncoded ? null : `\u001b]52;c;${encoded}\u0007`;
}
