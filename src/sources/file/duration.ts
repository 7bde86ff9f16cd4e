// Durations as people write them in NodeConfig: `100ms`, `1.5s`, `60s`, `5m`, `1h`, `1m30s`.

const whole = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, or null when the text is no duration. `0` alone counts as one. */
export function parseDurationMs(text: string): number | null {
  if (text === '0') return 0;
  if (text.length > 32 || !whole.test(text)) return null;
  let total = 0;
  for (const [, amount = '0', unit = 'ms'] of text.matchAll(part)) total += Number(amount) * (unitMs[unit] ?? 0);
  return Math.round(total * 1000) / 1000;
}
