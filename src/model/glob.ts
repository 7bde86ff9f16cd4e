// Texts compared as filters compare them: in upper or lower case, with `*` and `?`, in time that no pattern can blow up.

export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

export function equalsText(text: string, wanted: string): boolean {
  return text.toLowerCase() === wanted.toLowerCase();
}

/** Whether the pattern fits a part of the text. */
export function contains(text: string, pattern: string, literal: boolean): boolean {
  if (literal || !isGlob(pattern)) return text.toLowerCase().includes(pattern.toLowerCase());
  return fitsGlob(text, `*${pattern}*`);
}

/**
 * Whether the pattern fits the whole text. At most the product of both lengths: on a mismatch only the last `*` takes one
 * more character, because whatever an earlier one could take, the last one can, too.
 */
export function fitsGlob(text: string, pattern: string): boolean {
  const subject = text.toLowerCase();
  const glob = pattern.toLowerCase();
  let at = 0;
  let read = 0;
  let star = -1;
  let taken = 0;
  while (at < subject.length) {
    if (glob[read] === '*') {
      star = read++;
      taken = at;
    } else if (read < glob.length && (glob[read] === '?' || glob[read] === subject[at])) {
      read++;
      at++;
    } else if (star >= 0) {
      read = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  while (glob[read] === '*') read++;
  return read === glob.length;
}
