// Problems that the configuration makes: limits that are too small, and what was taken otherwise than it is written.
import { hasGroups } from '#model/node-config.ts';
import type { ConfigProblem, RunningProblem } from '#model/problem.ts';
import { explain } from '#model/reason.ts';
import { placeText } from '#model/resources.ts';
import type { Desired, Snapshot } from '#model/snapshot.ts';
import { interfaceNames } from './interface-names.ts';
import { trackedReason } from './may-lead.ts';

/** `check` says it with this code. */
const foreignCode = 'LL-CFG-046';

/** Addresses beyond `limits.addresses` are in no table, so nobody answers for them; one problem per interface. */
export function overflowProblems({ observed, desired }: Snapshot): RunningProblem[] {
  const limit = observed.config.limits.addresses;
  if (desired.announcements.length <= limit) return [];
  const wanted = new Map<string, number>();
  for (const { interface: name } of desired.announcements) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  return [...wanted]
    .filter(([, count]) => count > limit)
    .map(([name, count]) => ({
      code: 'FULL',
      severity: 'critical',
      object: `interface/${name}`,
      message: `${count - limit} of ${count} addresses are not answered on "${name}": its table has ${limit} rows`,
      hint: 'raise limits.addresses of the NodeConfig',
    }));
}

/** Somebody drained this box, and may forget it. */
export function drainProblems({ observed }: Snapshot): RunningProblem[] {
  if (!observed.drained) return [];
  const message = `${observed.node.name} is drained: it answers for no address`;
  return [
    { code: 'DRAINED', severity: 'warning', object: `node/${observed.node.name}`, message, hint: 'lanlord undrain' },
  ];
}

/** Such a box stands by for nobody, and nothing else shows it as long as another one leads. */
export function trackProblems({ observed, desired }: Snapshot): RunningProblem[] {
  const { interfaces, config, drained } = observed;
  const reason = trackedReason(config.election.track.interfaces, interfaces);
  if (reason === null || drained || !hasGroups(config) || desired.candidacies.length === 0) return [];
  const isThere = interfaces.some(({ name }) => name === reason.interface);
  const hint = isThere
    ? `ip link show ${reason.interface}`
    : `correct election.track.interfaces: this box has ${interfaceNames(interfaces)}`;
  const message = `${explain(reason)}: this box leads nothing`;
  return [{ code: 'LINK', severity: 'warning', object: `interface/${reason.interface}`, message, hint }];
}

/** Two boxes that both believe to be alone both answer: a mode that is not there must be told. */
export function electionProblems({ observed }: Snapshot): RunningProblem[] {
  const { mode } = observed.config.election;
  if (mode !== 'lease') return [];
  const message = `election.mode ${mode} is not available in this version: this box answers as if it were alone`;
  return [
    {
      code: 'ELECTION',
      severity: 'critical',
      object: 'config/election',
      message,
      hint: 'write election.mode: vrrp; or solo, and let one box announce',
    },
  ];
}

const objects: Readonly<Record<string, string>> = { Pool: 'pool', Policy: 'policy', Service: 'svc' };

/** What the evaluation warns about and no other problem says: one per object. */
export function noteProblems({ warnings }: Desired, found: readonly RunningProblem[]): RunningProblem[] {
  const said = new Set(found.map(({ message }) => message));
  const news = warnings.filter((text) => !said.has(text));
  return [...Map.groupBy(news, objectOf)].map(([object, texts]) => ({
    code: 'NOTE',
    severity: 'info',
    object,
    message: texts.join('; '),
    hint: '',
  }));
}

/** Pools and policies of MetalLB, which are not read: whoever comes from there misses addresses without a word. */
export function foreignProblems(found: readonly ConfigProblem[]): RunningProblem[] {
  const [first, ...others] = found.filter(({ code }) => code === foreignCode);
  if (!first) return [];
  const more = others.length > 0 ? ` (and ${others.length} more such documents)` : '';
  const message = `${placeText(first)}: ${first.message}${more}`;
  return [{ code: 'FOREIGN', severity: 'info', object: 'config/foreign', message, hint: first.hint }];
}

/** Warnings begin with the object that they are about. */
function objectOf(text: string): string {
  const [, kind = '', name = ''] = /^(\w+) "([^"]+)"/.exec(text) ?? [];
  const prefix = objects[kind];
  return prefix === undefined ? 'config' : `${prefix}/${name}`;
}
