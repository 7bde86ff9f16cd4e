// A plan for people: the objects that change, the VIPs by what happens to them, and one line that sums it up.
import type { PlanAnswer, PlanObject } from '#control/protocol.ts';
import { safeText } from '#model/safe-text.ts';

const signs = { added: '+', changed: '~', removed: '-' } as const;
const words = { outage: 'OUTAGE', 'ip-change': 'IP CHANGE', new: 'new', none: 'none' } as const;

export function planText(plan: PlanAnswer): string {
  if (!plan.applicable) {
    return `Plan: nothing would be applied, generation ${plan.generation} would go on running.\n`;
  }
  if (plan.objects.length + plan.changes.length === 0) {
    return `No changes: ${plan.paths.join(' ')} says what generation ${plan.generation} runs.\n`;
  }
  const lines = [...objectLines(plan.objects), ...vipLines(plan), ...pendingLines(plan), summary(plan)];
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

function objectLines(objects: readonly PlanObject[]): readonly string[] {
  const named = objects.map((object) => ({ object, title: `${object.kind}/${object.name}`, place: placeText(object) }));
  const [first, second] = [width(named.map(({ title }) => title)), width(named.map(({ place }) => place))];
  return named.map(({ object, title, place }) => {
    const { change, fields, effect } = object;
    const what = fields.slice(0, 3).map(({ path, from, to }) => `${path} ${shown(from)} -> ${shown(to)}`);
    if (fields.length > 3) what.push(`and ${fields.length - 3} more`);
    const does = effect === '' ? '' : `(${effect})`;
    const rest = [what.join('; '), does].filter((text) => text !== '').join('  ');
    return `${signs[change]} ${title.padEnd(first)}  ${place.padEnd(second)}  ${rest}`.trimEnd();
  });
}

function placeText({ change, file, line }: PlanObject): string {
  if (file === null) return '';
  return change === 'removed' ? `(was ${file}:${line})` : `${file}:${line}`;
}

/** BOUNDED: a value of a field, however long it is. */
function shown(value: string | null): string {
  if (value === null) return '(none)';
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}

function vipLines({ changes, unchanged }: PlanAnswer): readonly string[] {
  const [ips, services] = [width(changes.map(({ ip }) => ip)), width(changes.map(({ service }) => service))];
  const lines = changes.map(({ ip, service, from, to, impact, message }) => {
    const start = `  ${words[impact].padEnd(9)}  ${ip.padEnd(ips)}  ${service.padEnd(services)}`;
    const why = message === '' ? '' : `  (${message})`;
    return `${start}  ${from ?? 'nobody'} -> ${to ?? 'nobody'}${why}`;
  });
  return ['VIPs:', ...lines, `  unchanged  ${unchanged}`];
}

function pendingLines({ pending }: PlanAnswer): readonly string[] {
  if (pending.length === 0) return [];
  return ['Without an address:', ...pending.map(({ service, message }) => `  ${service}  ${message}`)];
}

function summary({ objects, changes }: PlanAnswer): string {
  const count = (word: PlanObject['change']) => objects.filter(({ change }) => change === word).length;
  const vips = (impact: keyof typeof words) =>
    new Set(changes.filter((change) => change.impact === impact).map(({ ip }) => ip)).size;
  const [outages, moves, fresh] = [vips('outage'), vips('ip-change'), vips('new')];
  const effects = [
    `${outages} ${outages === 1 ? 'VIP loses its' : 'VIPs lose their'} answer`,
    `${moves} ${moves === 1 ? 'changes its' : 'change their'} address`,
    `${fresh} new`,
  ];
  return `Plan: ${count('added')} to add, ${count('changed')} to change, ${count('removed')} to remove; ${effects.join(', ')}.`;
}

function width(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
