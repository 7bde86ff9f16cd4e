// How much of a screen is drawn at which size of the terminal.

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** `roomy`: boxes, side by side; `plain`: rules, one below the other; `small`: the list alone; `none`: one sentence. */
export type Breakpoint = 'wide' | 'roomy' | 'plain' | 'small' | 'none';

export const smallest: Size = { columns: 40, rows: 12 };

export function breakpointOf({ columns, rows }: Size): Breakpoint {
  if (columns >= 160 && rows >= 30) return 'wide';
  if (columns >= 120 && rows >= 30) return 'roomy';
  if (columns >= 80 && rows >= 24) return 'plain';
  return columns >= smallest.columns && rows >= smallest.rows ? 'small' : 'none';
}
