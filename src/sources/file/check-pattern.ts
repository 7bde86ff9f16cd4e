// Whether a text is a regular expression of Go (RE2), which is what Cilium reads.
import { RE2JS } from 're2js';

/** Why the pattern is refused, or null. */
export function patternFault(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What to do about a refused pattern, where that can be told. */
export function patternHint(pattern: string): string {
  if (/\(\?(?:[=!]|<[=!])/.test(pattern)) return 'RE2 has no look-around: match what you want instead of excluding';
  if (/\\[1-9]/.test(pattern)) return 'RE2 has no back-references';
  return '';
}
