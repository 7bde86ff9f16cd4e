// Fast reading and canonical writing of plain IPv6 text (RFC 4291 §2.2, RFC 5952 §4).
// Read RFC 5952 §4 before changing this file.

const colon = 0x3a;

/**
 * The value of plain IPv6 text: hexadecimal groups with at most one `::`, no dotted IPv4 tail, no zone. Null for
 * everything else, which is not always an error: the caller asks the complete parser about the rest.
 */
export function readPlainIpv6(text: string): bigint | null {
  const groups: number[] = [];
  let gap = -1;
  let i = 0;
  const length = text.length;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return null;
    gap = 0;
    i = 2;
  }
  while (i < length) {
    let group = 0;
    let digits = 0;
    for (; i < length && text.charCodeAt(i) !== colon; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0 || ++digits > 4) return null;
      group = group * 16 + digit;
    }
    if (digits === 0 || groups.push(group) > 8) return null;
    if (i === length) break;
    i++;
    if (i === length) return null;
    if (text.charCodeAt(i) === colon) {
      if (gap >= 0) return null;
      gap = groups.length;
      i++;
    }
  }
  return join(groups, gap);
}

function join(groups: number[], gap: number): bigint | null {
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return null;
  if (gap >= 0) groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  const words = [0, 2, 4, 6].map((at) => BigInt((groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0)));
  return ((words[0] ?? 0n) << 96n) | ((words[1] ?? 0n) << 64n) | ((words[2] ?? 0n) << 32n) | (words[3] ?? 0n);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest (first) run of two or more zero groups as `::`. */
export function writeIpv6(value: bigint): string {
  const groups: number[] = [];
  for (let shift = 96n; shift >= 0n; shift -= 32n) {
    const word = Number((value >> shift) & 0xffff_ffffn);
    groups.push(word >>> 16, word & 0xffff);
  }
  let start = -1;
  let run = 1; // RFC 5952 §4.2.2: a single zero group is not shortened.
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > run) {
      start = i;
      run = end - i;
    }
    if (end > i) i = end;
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return start < 0 ? text(0, 8) : `${text(0, start)}::${text(start + run, 8)}`;
}
