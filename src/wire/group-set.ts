// A set of group indexes as text: the first byte of a bitmap and its bytes, `10:ffffffff` for groups 128 to 159.

/** Group indexes are below this. */
const mostGroups = 512;
const pattern = /^([0-9a-f]{1,2}):((?:[0-9a-f]{2}){1,64})$/;

/** Indexes that cannot be are left out. */
export function formatGroupSet(groups: ReadonlySet<number>): string {
  const bytes = new Uint8Array(mostGroups / 8);
  let [first, last] = [bytes.length, -1];
  for (const group of groups) {
    if (!Number.isInteger(group) || group < 0 || group >= mostGroups) continue;
    const at = group >> 3;
    bytes[at] = (bytes[at] ?? 0) | (1 << (group & 7));
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  if (last < 0) return '';
  const used = Array.from(bytes.subarray(first, last + 1), (byte) => byte.toString(16).padStart(2, '0'));
  return `${first.toString(16)}:${used.join('')}`;
}

/** Null: not such a text. */
export function parseGroupSet(text: string): ReadonlySet<number> | null {
  const groups = new Set<number>();
  if (text === '') return groups;
  const [, start, hex] = pattern.exec(text) ?? [];
  if (start === undefined || hex === undefined) return null;
  const first = Number.parseInt(start, 16);
  if (first + hex.length / 2 > mostGroups / 8) return null;
  for (let i = 0; i < hex.length / 2; i++) {
    const byte = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) groups.add((first + i) * 8 + bit);
  }
  return groups;
}
