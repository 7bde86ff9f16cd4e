// Local delivery: the VIPs are bound on lo so that this machine accepts their traffic, and the kernel stays silent about them.
// Read arp_ignore and arp_announce in Documentation/networking/ip-sysctl.rst of the kernel before changing this file.

import { constants } from 'node:os';
import { addAddress, deleteAddress, listAddresses } from './addresses.ts';
import { applySilence, planSilence, restoreSetting } from './arp-silence.ts';
import { effectiveCapabilities } from './capabilities.ts';
import { DeliveryRecord, type DeliveryState } from './delivery-record.ts';
import { interfaceName } from './interface-index.ts';
import { formatIp, parseIp } from './ip-text.ts';
import type { LinkAddress } from './link-monitor.ts';
import { NetlinkSocket } from './netlink-socket.ts';
import { SCOPE } from './rtnetlink-codec.ts';
import type { AddressChange } from './rtnetlink-request.ts';
import { type Result, type SystemError, systemError } from './system-error.ts';

// lo is the first interface of every network namespace.
const LOOPBACK_INDEX = 1;
/** Marks our IPv4 addresses, also for `ip address show`. */
export const VIP_LABEL = 'lo:lanlord';
/** Marks our addresses of both families as IFA_PROTO (kernel 5.18 and later): `l`, unused by iproute2 and the kernel. */
export const VIP_PROTOCOL = 0x6c;

export type DeliveryProblem = {
  /**
   * `no_net_admin`: CAP_NET_ADMIN is missing, nothing was changed. `not_silent`: the kernel would answer for VIPs, so no
   * IPv4 VIP was added. `record`: a copy of the record could not be written. `address`, `setting`: one of them failed.
   */
  code: 'no_net_admin' | 'not_silent' | 'record' | 'address' | 'setting';
  /** The address, or the operation that failed. */
  object: string;
  message: string;
};

/** Whether we added this address of lo; VIPs that an operator bound by hand are not ours and are never touched. */
export function isOurVip(address: LinkAddress, recorded: readonly string[] = []): boolean {
  if (address.family === 'IPv4') return address.prefixLength === 32 && address.label === VIP_LABEL;
  if (address.prefixLength !== 128) return false;
  return address.protocol === VIP_PROTOCOL || (address.protocol === 0 && recorded.includes(address.address));
}

export class LocalDelivery {
  readonly #record: DeliveryRecord;
  // BOUNDED: two settings per announcing interface, and the wanted IPv6 VIPs.
  #state: DeliveryState;

  /** `directories`: where old values are kept (state directory and runtime directory), private to this network namespace. */
  constructor(directories: readonly string[]) {
    this.#record = new DeliveryRecord(directories);
    this.#state = this.#record.load();
  }

  /**
   * Makes lo carry exactly `vips` (of ours) and keeps the kernel silent on `interfaces`. Idempotent; an empty list of
   * problems means that everything is as wanted. Settings stay as long as a VIP is bound, also on interfaces that left
   * the list: the kernel would answer there at once. Hand in every interface that shares a LAN with an announcing one.
   */
  apply(vips: readonly string[], interfaces: readonly string[]): DeliveryProblem[] {
    const problems: DeliveryProblem[] = [];
    const wanted = new Set(vips.flatMap((vip) => canonical(vip, problems)));
    const present = listAddresses(LOOPBACK_INDEX);
    if (!present.ok) return [addressProblem('lo', present.error)];
    const bound = new Set(present.value.map(({ address }) => address));
    const missing = [...wanted].filter((vip) => !bound.has(vip));
    const surplus = present.value.filter((a) => isOurVip(a, this.#state.ipv6) && !wanted.has(a.address));
    const silence = planSilence([...wanted].some(isIpv4) ? interfaces : []);
    problems.push(...silence.errors.map(notSilent));
    const restorable = [...wanted].some(isIpv4) ? 0 : this.#state.settings.length;
    const work = missing.length + surplus.length + silence.changes.length + restorable;
    if (work > 0 && !effectiveCapabilities().has('CAP_NET_ADMIN')) return [noNetAdmin()];
    if (work === 0 && wanted.size > 0) return problems;
    // First silence, then addresses; and the other way round when leaving: the kernel never gets to answer.
    const silent = this.#keepSilent(silence.changes, missing, problems) && silence.errors.length === 0;
    const socket = NetlinkSocket.open();
    if (!socket.ok) return [...problems, addressProblem('lo', socket.error)];
    for (const vip of missing) if (silent || !isIpv4(vip)) this.#add(vip, socket.value, problems);
    for (const { address } of surplus) this.#delete(address, socket.value, problems);
    socket.value.close();
    this.#forget(wanted, problems);
    // A capability of another user namespace looks effective and is refused all the same: said once, not per address.
    return problems.find(({ code }) => code === 'no_net_admin') ? [noNetAdmin()] : problems;
  }

  /** The VIPs that we have bound on lo, from this run or left over from a crash. Canonical text. */
  bound(): ReadonlySet<string> {
    const present = listAddresses(LOOPBACK_INDEX);
    const ours = present.ok ? present.value.filter((address) => isOurVip(address, this.#state.ipv6)) : [];
    return new Set(ours.map(({ address }) => address));
  }

  /** At a clean stop: removes all our VIPs and puts every setting back. */
  restore(): DeliveryProblem[] {
    return this.apply([], []);
  }

  /** At start, with any kind of delivery: removes what a crash left behind, except VIPs that are wanted again. Without leftovers it needs no privilege. */
  cleanLeftovers(except: readonly string[] = []): DeliveryProblem[] {
    const present = listAddresses(LOOPBACK_INDEX);
    if (!present.ok) return [addressProblem('lo', present.error)];
    const kept = new Set(except.flatMap((vip) => canonical(vip, [])));
    const left = present.value.filter((a) => isOurVip(a, this.#state.ipv6)).map(({ address }) => address);
    return this.apply(
      left.filter((vip) => kept.has(vip)),
      [],
    );
  }

  /** Writes the record, then the settings. False when the kernel may still answer for VIPs. */
  #keepSilent(changes: DeliveryState['settings'], missing: readonly string[], problems: DeliveryProblem[]): boolean {
    const ipv6 = missing.filter((vip) => !isIpv4(vip));
    if (changes.length + ipv6.length > 0) {
      // The oldest value counts: what was there before our first change of that interface.
      const known = new Set(this.#state.settings.map(({ ifindex, key }) => `${ifindex} ${key}`));
      const fresh = changes.filter(({ ifindex, key }) => !known.has(`${ifindex} ${key}`));
      this.#state.settings.push(...fresh);
      this.#state.ipv6 = [...new Set([...this.#state.ipv6, ...ipv6])];
      if (!this.#save(problems)) {
        this.#state.settings = this.#state.settings.filter((setting) => !fresh.includes(setting));
        return changes.length === 0;
      }
    }
    const errors = applySilence(changes);
    problems.push(...errors.map(notSilent));
    return errors.length === 0;
  }

  #save(problems: DeliveryProblem[]): boolean {
    const { kept, errors } = this.#record.save(this.#state);
    problems.push(...errors.map(({ operation, message }) => ({ code: 'record' as const, object: operation, message })));
    return kept;
  }

  #add(vip: string, socket: NetlinkSocket, problems: DeliveryProblem[]): void {
    const added = addAddress(change(vip), socket);
    if (!added.ok) problems.push(addressProblem(vip, added.error));
    // Somebody else was quicker: it is theirs.
    if (!added.ok || added.value === 'exists') this.#state.ipv6 = this.#state.ipv6.filter((other) => other !== vip);
  }

  #delete(vip: string, socket: NetlinkSocket, problems: DeliveryProblem[]): void {
    const deleted: Result<unknown> = deleteAddress(change(vip), socket);
    if (!deleted.ok) problems.push(addressProblem(vip, deleted.error));
  }

  /** Drops from the record what is over; puts the settings back when no VIP is left on lo. */
  #forget(wanted: ReadonlySet<string>, problems: DeliveryProblem[]): void {
    const before = this.#state;
    const present = listAddresses(LOOPBACK_INDEX);
    if (!present.ok) return;
    const ours = present.value.filter((address) => isOurVip(address, before.ipv6));
    const bound = new Set(ours.map(({ address }) => address));
    const ipv6 = before.ipv6.filter((vip) => bound.has(vip));
    // An interface that was created anew has a new index and default values.
    let settings = before.settings.filter(({ ifindex }) => interfaceName(ifindex) !== null);
    if (![...wanted].some(isIpv4) && !ours.some(({ family }) => family === 'IPv4')) {
      settings = settings.filter((setting) => {
        const error = restoreSetting(setting);
        if (error !== null) problems.push({ code: 'setting', object: error.operation, message: error.message });
        return error !== null;
      });
    }
    this.#state = { settings, ipv6 };
    if (settings.length !== before.settings.length || ipv6.length !== before.ipv6.length) this.#save(problems);
  }
}

function change(vip: string): AddressChange {
  const common = { ifindex: LOOPBACK_INDEX, address: vip, protocol: VIP_PROTOCOL };
  // Host scope: the kernel never takes the VIP as the source of connections of its own, nor as ARP sender.
  if (isIpv4(vip)) return { ...common, prefixLength: 32, label: VIP_LABEL, scope: SCOPE.host };
  // IPv6 has no such scope; a deprecated address is the last choice as a source (RFC 6724 §5 rule 3).
  return { ...common, prefixLength: 128, deprecated: true };
}

function isIpv4(vip: string): boolean {
  return !vip.includes(':');
}

function canonical(vip: string, problems: DeliveryProblem[]): string[] {
  const text = formatIp(parseIp(vip) ?? new Uint8Array(0));
  if (text === null) problems.push(addressProblem(vip, systemError(constants.errno.EINVAL, `bind ${vip} on lo`)));
  return text === null ? [] : [text];
}

function addressProblem(object: string, error: SystemError): DeliveryProblem {
  return error.code === 'EPERM' ? noNetAdmin() : { code: 'address', object, message: error.message };
}

function notSilent(error: SystemError): DeliveryProblem {
  return { code: 'not_silent', object: error.operation, message: error.message };
}

function noNetAdmin(): DeliveryProblem {
  return {
    code: 'no_net_admin',
    object: 'delivery local',
    message: 'Cannot deliver locally: CAP_NET_ADMIN is missing (grant it, or set delivery to none)',
  };
}
