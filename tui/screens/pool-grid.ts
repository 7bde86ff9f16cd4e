// The addresses of a pool as a field of signs: used, nobody answers, conflict, not given, free.

import type { PoolItem } from '#control/list-items.ts';
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { parseCidr, type Range, rangeContains, rangeSize } from '#model/range.ts';
import type { World } from '../state/world.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, type Span, span } from '../text/line.ts';

/** Larger pools are a number, not a picture. */
const mostAddresses = 4096n;

const groupSize = 10;

type Kind = 'used' | 'idle' | 'conflict' | 'closed' | 'free';

/** A block as pools are listed: a CIDR, one address, or first and last. */
export function blockRange(text: string): Range | null {
  if (text.includes('/')) return parseCidr(text);
  const [start = '', stop = start] = text.split('-');
  const first = parseAddress(start);
  const last = parseAddress(stop);
  return first && last && first.family === last.family && first.value <= last.value
    ? { family: first.family, first: first.value, last: last.value }
    : null;
}

interface Field {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly closed: readonly Range[];
}

/** BOUNDED: by the lists that are alive. */
const fields = new WeakMap<World['lists']['ips'], { leaders: World['lists']['leaders']; byPool: Map<string, Field> }>();

function fieldOf({ lists }: World, pool: string): Field {
  const kept = fields.get(lists.ips);
  const known = kept?.leaders === lists.leaders ? kept.byPool.get(pool) : undefined;
  if (known) return known;
  const states = new Map(lists.leaders.map(({ ip, state }) => [ip, state]));
  const kinds = new Map<string, Kind>();
  const closed: Range[] = [];
  for (const item of lists.ips) {
    if (item.pool !== pool) continue;
    if (item.state === 'quarantined') kinds.set(item.ip, 'conflict');
    else if (item.state === 'allocated') kinds.set(item.ip, usedKind(states.get(item.ip)));
    else closed.push(...[blockRange(item.ip)].filter((range) => range !== null));
  }
  const byPool = kept?.leaders === lists.leaders ? kept.byPool : new Map<string, Field>();
  const field = { kinds, closed };
  byPool.set(pool, field);
  fields.set(lists.ips, { leaders: lists.leaders, byPool });
  return field;
}

function usedKind(state: string | undefined): Kind {
  if (state === 'duplicate') return 'conflict';
  return state === 'here' || state === 'standby' || state === 'claiming' ? 'used' : 'idle';
}

/** The field and its legend, at most `height` lines of `width` cells. */
export function poolGrid(world: World, pool: PoolItem, width: number, height: number, glyphs: Glyphs): readonly Line[] {
  const ranges = pool.blocks.map(blockRange).filter((range) => range !== null);
  const size = ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
  if (size > mostAddresses || size === 0n) return [];
  const field = fieldOf(world, pool.name);
  const groups = ranges.flatMap((range) => rangeGroups(range, field, glyphs));
  const labelWidth = Math.max(0, ...groups.map(({ label }) => label.length));
  const perLine = Math.max(1, Math.floor((width - 2) / (labelWidth + groupSize + 4)));
  const rows = Math.ceil(groups.length / perLine);
  const room = Math.max(1, height - 1);
  const lines = Array.from({ length: Math.min(rows, room) }, (_, row): Line => {
    const shown = groups.slice(row * perLine, (row + 1) * perLine);
    return [span('  '), ...shown.flatMap(({ label, signs }) => groupSpans(label.padEnd(labelWidth), signs))];
  });
  const hidden = rows - lines.length;
  return [...lines, legend(glyphs, hidden > 0 ? `  ${glyphs.ellipsis} ${hidden} more lines` : '')];
}

function groupSpans(label: string, signs: Line): Line {
  const missing = groupSize - signs.length;
  return [span(`${label} `, 'dim'), ...signs, span(`${' '.repeat(Math.max(0, missing))}   `)];
}

function rangeGroups(range: Range, field: Field, glyphs: Glyphs): readonly { label: string; signs: Line }[] {
  const groups: { label: string; signs: Span[] }[] = [];
  for (let value = range.first; value <= range.last; value++) {
    const address: IpAddress = { family: range.family, value };
    let group = groups.at(-1);
    if (group === undefined || group.signs.length >= groupSize) {
      group = { label: shortLabel(address), signs: [] };
      groups.push(group);
    }
    group.signs.push(sign(kindOf(address, field), glyphs));
  }
  return groups;
}

/** `.200`, `::c8`: enough beside the pool's blocks. */
function shortLabel(address: IpAddress): string {
  const text = formatAddress(address);
  const at = text.lastIndexOf(address.family === 'IPv4' ? '.' : ':');
  return text.slice(at);
}

function kindOf(address: IpAddress, { kinds, closed }: Field): Kind {
  const known = kinds.get(formatAddress(address));
  if (known) return known;
  return closed.some((range) => rangeContains(range, address)) ? 'closed' : 'free';
}

function sign(kind: Kind, glyphs: Glyphs): Span {
  switch (kind) {
    case 'used':
      return span(glyphs.used, 'here');
    case 'idle':
      return span(glyphs.idle, 'warn');
    case 'conflict':
      return span(glyphs.critical, 'crit');
    case 'closed':
      return span('-', 'dim');
    case 'free':
      return span(glyphs.free, 'dim');
  }
}

function legend(glyphs: Glyphs, rest: string): Line {
  return [
    span('  '),
    sign('used', glyphs),
    span(' answered  '),
    sign('idle', glyphs),
    span(' nobody answers  '),
    sign('conflict', glyphs),
    span(' another host has it  '),
    sign('closed', glyphs),
    span(' never given  '),
    sign('free', glyphs),
    span(` free${rest}`),
  ];
}
