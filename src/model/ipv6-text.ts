// Fast reading and canonical writing of plain IPv6 text (RFC 4291 §2.2, RFC 5952 §4).
// Read RFC 5952 §4 before changing this file.

const group = /^[0-9a-f]{1,4}$/i;

/**
 * The value of plain IPv6 text: hexadecimal groups with at most one `::`, no dotted IPv4 tail, no zone. Null for
 * everything else, which is not always an error: the caller asks the complete parser about the rest.
 */
export function readPlainIpv6(text: string): bigint | null {
  const gap = text.indexOf('::');
  if (gap < 0) return numberOf(groupsOf(text), [], false);
  return numberOf(groupsOf(text.slice(0, gap)), groupsOf(text.slice(gap + 2)), true);
}

/** Null when a group is none: also for the second `::`, which leaves an empty group. */
function groupsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (!group.test(part)) return null;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

function numberOf(head: readonly number[] | null, tail: readonly number[] | null, gap: boolean): bigint | null {
  if (!head || !tail) return null;
  const zeros = 8 - head.length - tail.length;
  // RFC 4291 §2.2: `::` stands for one or more groups.
  if (gap ? zeros < 1 : zeros !== 0) return null;
  const at = (i: number) => head[i] ?? tail[i - 8 + tail.length] ?? 0;
  const word = (i: number) => BigInt(at(i) * 65536 + at(i + 1));
  return (word(0) << 96n) | (word(2) << 64n) | (word(4) << 32n) | word(6);
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
