// Chooses what a crowded line says: the parts that are worth most, each in the longest form that fits.
import { type Line, lineWidth, span } from '../text/line.ts';

export interface Part {
  /** From the longest to the shortest. */
  readonly forms: readonly Line[];
  readonly worth: number;
}

const gap = 3;

function assembled(parts: readonly Part[], form: readonly number[]): Line {
  const shown = parts.flatMap(({ forms }, index) => {
    const line = forms[form[index] ?? -1];
    return line === undefined ? [] : [line];
  });
  return shown.flatMap((line, index) => (index === 0 ? line : [span(' '.repeat(gap)), ...line]));
}

/** At most `room` cells. Every part gets its shortest form before any gets a longer one; -1 stands for none. */
export function bestForms(parts: readonly Part[], room: number): Line {
  let form: readonly number[] = parts.map(() => -1);
  const attempt = (index: number, wanted: number) => {
    const next = form.with(index, wanted);
    if (lineWidth(assembled(parts, next)) <= room) form = next;
  };
  const order = [...parts.keys()].sort((a, b) => (parts[b]?.worth ?? 0) - (parts[a]?.worth ?? 0));
  for (const index of order) attempt(index, (parts[index]?.forms.length ?? 0) - 1);
  for (const index of order) {
    const shortest = form[index] ?? -1;
    for (let longer = 0; longer < shortest; longer++) {
      attempt(index, longer);
      if (form[index] === longer) break;
    }
  }
  return assembled(parts, form);
}
