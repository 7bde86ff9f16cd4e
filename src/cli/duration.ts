// Durations as people type and read them.

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `500ms`, `5s`, `10m`, `24h`, `7d`; null for anything else and for more than 100 years. */
export function parseDurationMs(text: string): number | null {
  const parts = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const unit = unitMs[parts?.[2] ?? ''];
  if (!parts || unit === undefined) return null;
  const value = Number(parts[1]) * unit;
  return value <= 36_500 * 86_400_000 ? value : null;
}
