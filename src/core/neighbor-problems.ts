// IPv6 addresses that nobody can answer for, because IPv6 is off where they are announced.
import { formatAddress } from '#model/address.ts';
import type { RunningProblem } from '#model/problem.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { muteLinks } from './advertising-source.ts';

export function neighborProblems({ observed, desired }: Snapshot): RunningProblem[] {
  const mute = muteLinks(observed.interfaces, 'IPv6');
  if (mute.size === 0) return [];
  const rows = Map.groupBy(
    desired.announcements.filter(({ address }) => address.family === 'IPv6'),
    ({ address }) => formatAddress(address),
  );
  return [...rows].flatMap(([ip, all]) => {
    if (!all.every((row) => mute.has(row.interface))) return [];
    const [{ services, interface: name } = { services: [], interface: '' }] = all;
    const message = `Nobody answers for ${ip} (${services.join(', ')}): interface "${name}" has no IPv6 address`;
    return [
      { code: 'NOBODY', severity: 'critical', object: `ip/${ip}`, message, hint: `ip -6 address show dev ${name}` },
    ];
  });
}
