// Frames per second, from the counters of the interfaces as they were seen one after another.
import type { InterfaceItem } from '#control/list-items.ts';

/** How much of the past the charts show. */
export const rateSeconds = 60;

export interface Rates {
  /** Newest last, one value per second. BOUNDED: `rateSeconds`. */
  readonly requests: readonly number[];
  readonly answers: readonly number[];
  readonly ignored: readonly number[];
  /** The counters that the newest values came from; null before the first. */
  readonly counted: Counted | null;
}

interface Counted {
  readonly atMs: number;
  readonly requests: number;
  readonly answers: number;
  readonly ignored: number;
}

export const noRates: Rates = { requests: [], answers: [], ignored: [], counted: null };

/** Less time than this says nothing: counters come once a second. */
const leastMs = 500;
/** Looked at more often than they come, counters stand still in between: only after this time it is the LAN that is still. */
const stillMs = 1800;

function count(interfaces: readonly InterfaceItem[], atMs: number): Counted {
  const sum = (value: (item: InterfaceItem) => number) => interfaces.reduce((total, item) => total + value(item), 0);
  return {
    atMs,
    requests: sum(({ requests }) => requests),
    answers: sum(({ answers }) => answers),
    ignored: sum(({ drops }) => drops),
  };
}

/** The rates after these counters; the same object when too little time passed. Counters that fell start anew. */
export function nextRates(rates: Rates, interfaces: readonly InterfaceItem[], atMs: number): Rates {
  const now = count(interfaces, atMs);
  const before = rates.counted;
  if (before === null) return { ...rates, counted: now };
  if (atMs - before.atMs < leastMs) return rates;
  const isStill = now.requests === before.requests && now.answers === before.answers && now.ignored === before.ignored;
  // A quiet chart of a quiet LAN stays as it is, and nothing has to be drawn.
  if (isStill && (areQuiet(rates) || atMs - before.atMs < stillMs)) return rates;
  const seconds = Math.min((atMs - before.atMs) / 1000, areQuiet(rates) ? quietSeconds : rateSeconds);
  const slots = Math.max(1, Math.min(rateSeconds, Math.round(seconds)));
  const add = (values: readonly number[], from: number, to: number) => {
    const value = Math.max(0, to - from) / seconds;
    return [...values, ...Array.from({ length: slots }, () => value)].slice(-rateSeconds);
  };
  return {
    requests: add(rates.requests, before.requests, now.requests),
    answers: add(rates.answers, before.answers, now.answers),
    ignored: add(rates.ignored, before.ignored, now.ignored),
    counted: now,
  };
}

/** After silence the first frames count as those of this time: nobody knows better. */
const quietSeconds = 2;

/** Whether a chart of these would look like one of nothing. */
function areQuiet({ requests, answers, ignored }: Rates): boolean {
  return [...requests, ...answers, ...ignored].every((value) => value === 0);
}
