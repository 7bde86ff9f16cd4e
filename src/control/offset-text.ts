// How far another clock is off, for people.

/** `+30.0s`: ahead of this node's; `-0.3s`: behind. */
export function offsetText(offsetSeconds: number | null): string {
  if (offsetSeconds === null) return '-';
  return `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds).toFixed(1)}s`;
}
