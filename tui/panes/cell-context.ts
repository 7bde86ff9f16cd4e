// What cells are drawn with besides their row.
import { durationText } from '#control/duration-text.ts';
import type { Glyphs } from '../text/glyphs.ts';

/** How times are shown; `auto`: ages in tables, UTC in streams. */
export const timeForms = ['auto', 'ago', 'utc', 'local'] as const;

export type TimeForm = (typeof timeForms)[number];

export interface CellContext {
  readonly glyphs: Glyphs;
  /** What ages count to, milliseconds since 1970. */
  readonly nowMs: number;
  readonly time: TimeForm;
}

const dayMs = 86_400_000;

/** What the width of times depends on: their form, and what day it is. */
export function cellForm({ time, nowMs }: CellContext): string {
  return `${time} ${Math.floor(nowMs / dayMs)}`;
}

/** `6m12s ago`, or when it was. */
export function agoText(time: string | null, context: CellContext): string {
  const text = timeText(time, context, 'ago');
  return text !== '-' && (context.time === 'auto' || context.time === 'ago') ? `${text} ago` : text;
}

/** An age (`6m12s`), or a clock (`03:01:09`; `11-20 23:58` for another day); `-` for none. */
export function timeText(time: string | null, { nowMs, time: form }: CellContext, usual: 'ago' | 'utc'): string {
  const ms = time === null ? Number.NaN : Date.parse(time);
  if (Number.isNaN(ms)) return '-';
  const shown = form === 'auto' ? usual : form;
  if (shown === 'ago') return durationText((nowMs - ms) / 1000);
  // Shifted, so that the UTC fields of the result read as the local ones.
  const shift = (at: number) => (shown === 'local' ? at - new Date(at).getTimezoneOffset() * 60_000 : at);
  const text = new Date(shift(ms)).toISOString();
  const isToday = Math.floor(shift(ms) / dayMs) === Math.floor(shift(nowMs) / dayMs);
  return isToday ? text.slice(11, 19) : text.slice(5, 16).replace('T', ' ');
}
