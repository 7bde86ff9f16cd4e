// Chooses what a crowded line says: the parts that are worth most, each in the longest form that fits.
import { type Line, lineWidth, span } from '../text/line.ts';

export interface Part {
  /** From the longest to the shortest, which may be nothing. */
  readonly forms: readonly Line[];
  /** Whether it is there at all: parts that are worth most come first. */
  readonly worth: number;
  /** Which part gets a longer form first. */
  readonly growth: number;
}

/** Between two parts, where there is room and where there is little. */
const gaps = { wide: 3, narrow: 2 };
/** From here on there is room. */
const wideRoom = 80;

function assembled(parts: readonly Part[], form: readonly number[], gap: number): Line {
  const shown = parts.flatMap(({ forms }, index) => {
    const line = forms[form[index] ?? -1] ?? [];
    return line.length === 0 ? [] : [line];
  });
  return shown.flatMap((line, index) => (index === 0 ? line : [span(' '.repeat(gap)), ...line]));
}

/** At most `room` cells. Every part gets its shortest form before any gets a longer one; -1 stands for none. */
export function bestForms(parts: readonly Part[], room: number): Line {
  let form: readonly number[] = parts.map(() => -1);
  const gap = room < wideRoom ? gaps.narrow : gaps.wide;
  const attempt = (index: number, wanted: number) => {
    const next = form.with(index, wanted);
    if (lineWidth(assembled(parts, next, gap)) <= room) form = next;
  };
  const order = [...parts.keys()].sort((a, b) => (parts[b]?.worth ?? 0) - (parts[a]?.worth ?? 0));
  for (const index of order) attempt(index, (parts[index]?.forms.length ?? 0) - 1);
  const byGrowth = [...parts.keys()].sort((a, b) => (parts[b]?.growth ?? 0) - (parts[a]?.growth ?? 0));
  for (const index of byGrowth) {
    const shortest = form[index] ?? -1;
    for (let longer = 0; longer < shortest; longer++) {
      attempt(index, longer);
      if (form[index] === longer) break;
    }
  }
  return assembled(parts, form, gap);
}
