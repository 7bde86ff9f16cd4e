// Addresses that somebody wants answered here, and nobody does.
import { formatAddress } from '#model/address.ts';
import type { RunningProblem } from '#model/problem.ts';
import type { ProblemCode } from '#model/problem-codes.ts';
import { explain, type Reason } from '#model/reason.ts';
import type { Desired, Snapshot } from '#model/snapshot.ts';
import { ledByOthers } from './group-leadership.ts';

/** State of a wanted link, as the capture side reports it. */
export interface LinkState {
  readonly interface: string;
  readonly capture: 'open' | 'down' | 'denied' | 'gone';
  readonly detail: string;
}

/** Reasons that say: a policy wants this address here, but nobody can answer. Others mean that nobody asked. */
const answerless: ReadonlySet<Reason['code']> = new Set([
  'policy_no_interface',
  'off_link',
  'prefix_not_allowed',
  'special_address',
  'no_local_endpoint',
  'interface_down',
  'address_in_use',
  'group_pin_unreadable',
  'block_unreadable',
  'group_id_taken',
  'group_ids_exhausted',
  'drained',
  'no_carrier',
  'tracked_interface_down',
  'no_source_address',
]);

/** Addresses that a policy wants here, that nobody answers for here, and that no other box is known to lead. */
export function unannouncedProblems({ desired, observed }: Snapshot): RunningProblem[] {
  const led = ledByOthers(observed.leadership);
  return desired.unannounced.flatMap(({ address, services, reasons, group }) => {
    if (led.has(group)) return [];
    const ip = formatAddress(address);
    const own = reasons.find((reason) => reason.code === 'own_address');
    const why = own ?? reasons.find((reason) => answerless.has(reason.code));
    if (!why) return [];
    const message = `Nobody answers for ${ip} (${services.join(', ')}): ${explain(why)}`;
    return [unanswered(own ? 'OWN' : 'NOBODY', ip, message)];
  });
}

/** Addresses whose rows are all on links that hear nothing. */
export function unheardProblems({ announcements }: Desired, links: readonly LinkState[]): RunningProblem[] {
  const deaf = new Map(links.filter(({ capture }) => capture !== 'open').map((link) => [link.interface, link]));
  if (deaf.size === 0) return [];
  const heard = new Set<string>();
  const unheard = new Map<string, { services: readonly string[]; why: string }>();
  for (const row of announcements) {
    const ip = formatAddress(row.address);
    const link = deaf.get(row.interface);
    if (!link) heard.add(ip);
    else unheard.set(ip, { services: row.services, why: `capture on "${link.interface}" is ${link.capture}` });
  }
  return [...unheard]
    .filter(([ip]) => !heard.has(ip))
    .map(([ip, { services, why }]) => {
      const message = `Nobody answers for ${ip} (${services.join(', ')}): ${why}`;
      return unanswered('NOBODY', ip, message);
    });
}

function unanswered(code: ProblemCode, ip: string, message: string): RunningProblem {
  return { code, severity: 'critical', object: `ip/${ip}`, message, hint: `lanlord explain ip/${ip}` };
}
