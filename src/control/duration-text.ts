// Ages and times as people read them.

/** Two units at most: `8s`, `6m12s`, `2d03h`. Less than a second and clock skew are `0s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'm', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'm');
  return pair(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large}${largeUnit}${String(small).padStart(2, '0')}${smallUnit}`;
}

/** Age of an RFC 3339 time, `-` for none. */
export function ageText(time: string | null, nowMs: number): string {
  const ms = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? '-' : durationText((nowMs - ms) / 1000);
}

/** `2026-11-23 03:01:09`, UTC. */
export function clockText(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}
