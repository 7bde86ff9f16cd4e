// The columns of every kind: one definition for the commands and the user interface.
import { ageText, clockText } from './duration-text.ts';
import { offsetText } from './offset-text.ts';
import { freeIn, poolShare, poolWord } from './pool-word.ts';
import type { Items, Kind } from './protocol.ts';

export interface Column<T> {
  readonly header: string;
  /** Only shown when asked for more. */
  readonly wide?: true;
  /** Numbers line up at their end. */
  readonly right?: true;
  /** Text of one cell; made harmless by whoever shows it. */
  readonly value: (item: T, nowMs: number) => string;
}

export type ColumnsByKind = { readonly [K in Kind]: readonly Column<Items[K]>[] };

export const columns: ColumnsByKind = {
  pools: [
    { header: 'NAME', value: ({ name }) => name },
    { header: 'BLOCKS', value: ({ blocks }) => list(blocks) },
    { header: 'USED', right: true, value: ({ used, total }) => `${used}/${total}` },
    { header: '%', right: true, value: (pool) => String(Math.floor(poolShare(pool) * 100)) },
    { header: 'FREE', right: true, value: freeIn },
    { header: 'STATE', value: poolWord },
    { header: 'MESSAGE', wide: true, value: ({ conditions }) => trueConditions(conditions) },
  ],
  ips: [
    { header: 'IP', value: ({ ip }) => ip },
    { header: 'POOL', value: ({ pool }) => pool || '-' },
    { header: 'SERVICE', value: ({ services }) => firstAndMore(services) },
    { header: 'ORIGIN', value: ({ origin }) => origin },
    { header: 'OTHER-HOST', wide: true, value: ({ conflict }) => conflict?.mac ?? '-' },
    { header: 'SHARING-KEY', value: ({ sharingKey }) => sharingKey ?? '-' },
    { header: 'SINCE', right: true, value: ({ since }, nowMs) => ageText(since, nowMs) },
    { header: 'SERVICES', wide: true, value: ({ services }) => list(services) },
  ],
  services: [
    { header: 'NAMESPACE', value: ({ namespace }) => namespace },
    { header: 'NAME', value: ({ name }) => name },
    { header: 'IPS', value: ({ ips }) => firstOfMany(ips) },
    { header: 'STATE', value: ({ state }) => state },
    { header: 'REASON', value: ({ reason }) => reason ?? '-' },
    { header: 'MESSAGE', wide: true, value: ({ message }) => message || '-' },
  ],
  leaders: [
    { header: 'VIP', value: ({ ip }) => ip },
    { header: 'SERVICE', value: ({ services }) => firstAndMore(services) },
    { header: 'LEADER', value: ({ leader }) => leader ?? '-' },
    { header: 'STATE', value: ({ state }) => state },
    { header: 'IF', value: (item) => item.interface ?? '-' },
    { header: 'TERM', right: true, value: ({ term }) => (term === null ? '-' : String(term)) },
    { header: 'SINCE', right: true, value: ({ since }, nowMs) => ageText(since, nowMs) },
    { header: 'MAC', wide: true, value: ({ mac }) => mac ?? '-' },
    { header: 'POLICIES', wide: true, value: ({ policies }) => list(policies) },
    { header: 'MESSAGE', wide: true, value: ({ message }) => message || '-' },
  ],
  announcements: [
    { header: 'IP', value: ({ ip }) => ip },
    { header: 'IF', value: (item) => item.interface },
    { header: 'MAC', value: ({ mac }) => mac },
    { header: 'SERVICE', value: ({ services }) => firstAndMore(services) },
    { header: 'ANSWERS', right: true, value: ({ answers }) => String(answers) },
    { header: 'SINCE', right: true, value: ({ since }, nowMs) => ageText(since, nowMs) },
    { header: 'GROUP', wide: true, right: true, value: ({ group }) => String(group) },
    { header: 'SERVICES', wide: true, value: ({ services }) => list(services) },
  ],
  policies: [
    { header: 'NAME', value: ({ name }) => name },
    { header: 'THIS-NODE', value: ({ matchesNode }) => (matchesNode ? 'yes' : 'no') },
    { header: 'SERVICES', right: true, value: ({ services }) => String(services) },
    { header: 'INTERFACES', value: ({ interfaces }) => list(interfaces) },
    { header: 'MESSAGE', wide: true, value: ({ conditions }) => trueConditions(conditions) },
  ],
  nodes: [
    { header: 'NAME', value: ({ name, self }) => (self ? `${name} (this node)` : name) },
    { header: 'STATE', value: ({ state }) => state },
    { header: 'ADDRESS', value: ({ address }) => address ?? '-' },
    { header: 'VIPS', right: true, value: ({ vips }) => String(vips) },
    { header: 'CONFIG', right: true, value: ({ generation }) => `#${generation}` },
    { header: 'VERSION', value: ({ version }) => version },
    { header: 'LAST-SEEN', wide: true, right: true, value: ({ lastSeenSeconds }) => `${lastSeenSeconds}s` },
    {
      header: 'CLOCK',
      wide: true,
      right: true,
      value: ({ self, clockOffsetSeconds }) => (self ? '-' : offsetText(clockOffsetSeconds)),
    },
  ],
  interfaces: [
    { header: 'NAME', value: ({ name }) => name },
    { header: 'LINK', value: linkState },
    { header: 'CAPTURE', value: ({ capture }) => capture },
    { header: 'MAC', value: ({ mac }) => mac || '-' },
    { header: 'REQUESTS', right: true, value: ({ requests }) => String(requests) },
    { header: 'ANSWERS', right: true, value: ({ answers }) => String(answers) },
    { header: 'DROPS', right: true, value: ({ drops }) => String(drops) },
    { header: 'KERNEL-DROPS', right: true, value: ({ kernelDrops }) => String(kernelDrops) },
    { header: 'ANNOUNCED', wide: true, right: true, value: ({ announced }) => String(announced) },
    { header: 'DROP-REASONS', wide: true, value: ({ dropReasons }) => reasons(happened(dropReasons)) },
    { header: 'DETAIL', wide: true, value: ({ detail }) => detail || '-' },
  ],
  problems: [
    { header: 'SEVERITY', value: ({ severity }) => severityWord[severity] },
    { header: 'CODE', value: ({ code }) => code },
    { header: 'OBJECT', value: ({ object }) => object },
    { header: 'SINCE', right: true, value: ({ since }, nowMs) => ageText(since, nowMs) },
    { header: 'MESSAGE', value: ({ message }) => message },
    { header: 'HINT', wide: true, value: ({ hint }) => hint || '-' },
  ],
  events: [
    { header: 'TIME (UTC)', value: ({ time }) => clockText(time) },
    { header: 'SEVERITY', value: ({ severity }) => severityWord[severity] },
    { header: 'KIND', value: ({ kind }) => kind },
    { header: 'OBJECT', value: ({ object }) => object },
    { header: 'MESSAGE', value: ({ message }) => message },
    { header: 'FIELDS', wide: true, value: ({ fields }) => reasons(fields) },
  ],
  history: [
    { header: 'TIME (UTC)', value: ({ at }) => clockText(at) },
    { header: 'IP', value: ({ ip }) => ip },
    { header: 'FROM', value: ({ from }) => from ?? '-' },
    { header: 'TO', value: ({ to }) => to ?? '-' },
    { header: 'GAP', right: true, value: ({ gapSeconds }) => seconds(gapSeconds) },
    { header: 'DETECT', wide: true, right: true, value: ({ detectSeconds }) => seconds(detectSeconds) },
    { header: 'CLAIM', wide: true, right: true, value: ({ claimSeconds }) => seconds(claimSeconds) },
    { header: 'ANSWER', wide: true, right: true, value: ({ answerSeconds }) => seconds(answerSeconds) },
    { header: 'CAUSE', value: ({ cause }) => cause },
  ],
  generations: [
    { header: 'TIME (UTC)', value: ({ time }) => clockText(time) },
    { header: 'CONFIG', right: true, value: ({ generation }) => `#${generation}` },
    { header: 'EVENT', value: ({ event }) => event },
    { header: 'BY', value: ({ by }) => by ?? '-' },
    { header: 'CAUSE', value: ({ cause }) => cause || '-' },
    { header: 'FROM', value: ({ paths }) => paths || '-' },
    { header: 'PROBLEMS', right: true, value: ({ problems }) => String(problems) },
    { header: 'UID', wide: true, right: true, value: ({ uid }) => (uid === null ? '-' : String(uid)) },
    { header: 'MESSAGE', wide: true, value: ({ message }) => message },
  ],
};

/** Words for tables alone; JSON says `critical`. */
export const severityWord = { critical: 'CRIT', warning: 'WARN', info: 'INFO' } as const;

function list(words: readonly string[]): string {
  return words.length === 0 ? '-' : words.join(',');
}

/** Enough for every service of two families with a few addresses each; one with thousands must not fill the screen. */
const mostIps = 8;

function firstOfMany(words: readonly string[]): string {
  return words.length <= mostIps ? list(words) : `${words[0]} … ${words.at(-1)} (${words.length})`;
}

function firstAndMore(words: readonly string[]): string {
  const [first, ...rest] = words;
  if (first === undefined) return '-';
  return rest.length === 0 ? first : `${first} +${rest.length}`;
}

function linkState({ up, carrier }: Items['interfaces']): string {
  if (!up) return 'down';
  return carrier ? 'up' : 'no carrier';
}

function trueConditions(conditions: Items['pools']['conditions']): string {
  const messages = conditions.filter(({ status, message }) => status === 'True' && message !== '');
  return messages.length === 0 ? '-' : messages.map(({ message }) => message).join('; ');
}

function happened(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function reasons(counts: Readonly<Record<string, unknown>>): string {
  return list(Object.entries(counts).map(([name, value]) => `${name}=${String(value)}`));
}

function seconds(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(2)}s`;
}
