// Problems that come from other hosts: duplicates, proxy ARP, and addresses that no frame of ours can leave for.
import { formatAddress } from '#model/address.ts';
import type { Duplicate } from '#model/claims.ts';
import type { RunningProblem } from '#model/problem.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { macText } from '#model/virtual-mac.ts';

export interface ClaimFacts {
  readonly duplicates: readonly Duplicate[];
  readonly proxies: readonly { readonly interface: string; readonly mac: string; readonly isSure: boolean }[];
}

export const noClaims: ClaimFacts = { duplicates: [], proxies: [] };

export function claimProblems({ duplicates, proxies }: ClaimFacts): RunningProblem[] {
  const byAddress = Map.groupBy(duplicates, ({ address }) => formatAddress(address));
  const found: RunningProblem[] = [...byAddress].map(([ip, claims]) => {
    const who = claims.map(({ mac, interface: name, count }) => `${macText(mac)} on ${name} (${times(count)})`);
    return {
      code: 'DUP',
      severity: 'critical',
      object: `ip/${ip}`,
      message: `${ip} is also claimed by ${who.join(' and ')}`,
      hint: `lanlord who-has ${ip} --probe`,
    };
  });
  for (const { interface: name, mac, isSure } of proxies) {
    const message = isSure
      ? `Proxy ARP by ${macText(mac)} on ${name}: it answers for addresses that nobody has, so its claims are not taken for conflicts`
      : `${macText(mac)} on ${name} answers for three or more addresses of the pools: proxy ARP, or a host with many addresses`;
    found.push({ code: 'PROXY-ARP', severity: 'warning', object: `interface/${name}`, message, hint: '' });
  }
  return found;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Addresses whose rows are all on links without a carrier: their answers go nowhere. */
export function carrierProblems({ observed, desired }: Snapshot): RunningProblem[] {
  const dead = new Set(observed.interfaces.flatMap(({ name, carrier }) => (carrier ? [] : [name])));
  if (dead.size === 0) return [];
  const rows = Map.groupBy(desired.announcements, ({ address }) => formatAddress(address));
  return [...rows].flatMap(([ip, all]) => {
    if (!all.every((row) => dead.has(row.interface))) return [];
    const [{ services, interface: name } = { services: [], interface: '' }] = all;
    const message = `Nobody answers for ${ip} (${services.join(', ')}): interface "${name}" has no carrier`;
    return [{ code: 'NOBODY', severity: 'critical', object: `ip/${ip}`, message, hint: `ip link show ${name}` }];
  });
}
