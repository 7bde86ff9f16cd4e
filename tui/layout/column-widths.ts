// Column arithmetic: which columns of a table fit into a width, and how wide each is.

export interface ColumnWish {
  /** Below this the column is not worth showing. */
  readonly min: number;
  /** What its widest cell or its header would take. */
  readonly natural: number;
  /** Columns with the lowest priority leave first; Infinity never leaves. */
  readonly priority: number;
  /** Takes what the others leave; several share it evenly. */
  readonly grows?: boolean;
  /** Up to this width; without, there is no end to it. */
  readonly most?: number;
}

/** Cells between two columns. */
export const columnGap = 2;

/**
 * Width of every column in cells, null for those that left. The sum with gaps is at most `width`, unless columns that never
 * leave need more even at their minimum: then the last ones are cut, to nothing if need be.
 */
export function columnWidths(wishes: readonly ColumnWish[], width: number): readonly (number | null)[] {
  const shown = stay(wishes, width);
  const widths = wishes.map((wish, index) => (shown.has(index) ? Math.min(wish.min, wish.natural) : null));
  let rest = width - total(widths);
  // In order of worth: an address is whole before a message gets anything.
  const order = [...shown].sort((a, b) => priority(wishes, b) - priority(wishes, a) || a - b);
  for (const index of order) {
    const give = Math.max(0, Math.min(rest, (wishes[index]?.natural ?? 0) - (widths[index] ?? 0)));
    widths[index] = (widths[index] ?? 0) + give;
    rest -= give;
  }
  spreadRest(wishes, widths, rest);
  return cutOverflow(widths, width);
}

function priority(wishes: readonly ColumnWish[], index: number): number {
  // Infinity minus Infinity is no order.
  return Math.min(wishes[index]?.priority ?? 0, Number.MAX_SAFE_INTEGER);
}

function total(widths: readonly (number | null)[]): number {
  const shown = widths.filter((width) => width !== null);
  return shown.reduce((sum, width) => sum + width, 0) + columnGap * Math.max(0, shown.length - 1);
}

function stay(wishes: readonly ColumnWish[], width: number): Set<number> {
  const shown = new Set(wishes.keys());
  const leaving = [...wishes.keys()]
    .filter((index) => wishes[index]?.priority !== Number.POSITIVE_INFINITY)
    .sort((a, b) => priority(wishes, a) - priority(wishes, b) || b - a);
  for (const index of leaving) {
    const needed = total(wishes.map(({ min, natural }, at) => (shown.has(at) ? Math.min(min, natural) : null)));
    if (needed <= width) break;
    shown.delete(index);
  }
  return shown;
}

function spreadRest(wishes: readonly ColumnWish[], widths: (number | null)[], rest: number): void {
  const growing = [...wishes.keys()].filter((index) => wishes[index]?.grows && widths[index] !== null);
  if (rest <= 0 || growing.length === 0) return;
  const share = Math.floor(rest / growing.length);
  for (const [order, index] of growing.entries()) {
    const isLast = order === growing.length - 1;
    const wide = (widths[index] ?? 0) + (isLast ? rest - share * order : share);
    widths[index] = Math.max(widths[index] ?? 0, Math.min(wide, wishes[index]?.most ?? wide));
  }
}

function cutOverflow(widths: readonly (number | null)[], width: number): readonly (number | null)[] {
  let left = width;
  return widths.map((wanted, index) => {
    if (wanted === null) return null;
    const isFirst = widths.slice(0, index).every((before) => before === null);
    if (!isFirst) left -= columnGap;
    const given = Math.max(0, Math.min(wanted, left));
    left -= given;
    return given > 0 ? given : null;
  });
}
