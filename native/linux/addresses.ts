// Adding, deleting and listing the addresses of one interface through rtnetlink.
// Read rtnetlink(7) before changing this file.

import { constants } from 'node:os';
import type { LinkAddress } from './link-monitor.ts';
import { NetlinkSocket } from './netlink-socket.ts';
import { parseAddress, RTM } from './rtnetlink-codec.ts';
import { type AddressChange, emitAddressDump, emitDeleteAddress, emitNewAddress } from './rtnetlink-request.ts';
import { failure, type Result } from './system-error.ts';

const { EEXIST, EADDRNOTAVAIL, EINVAL } = constants.errno;
const DUMP_ATTEMPTS = 5;

/**
 * Adds an address for ever, without duplicate address detection and without a prefix route. Needs CAP_NET_ADMIN.
 * An address that is already there stays as it is (`exists`), whoever added it.
 */
export function addAddress(change: AddressChange, socket?: NetlinkSocket): Result<'added' | 'exists'> {
  const answer = exchange(change, 'RTM_NEWADDR', emitNewAddress, socket);
  if (!answer.ok) return answer;
  if (answer.value === 0) return { ok: true, value: 'added' };
  if (answer.value === EEXIST) return { ok: true, value: 'exists' };
  return failure(answer.value, describe('RTM_NEWADDR', change), true);
}

/** Deletes an address (with a label: only the one that carries it). Needs CAP_NET_ADMIN. One that is not there is `absent`. */
export function deleteAddress(change: AddressChange, socket?: NetlinkSocket): Result<'deleted' | 'absent'> {
  const answer = exchange(change, 'RTM_DELADDR', emitDeleteAddress, socket);
  if (!answer.ok) return answer;
  if (answer.value === 0) return { ok: true, value: 'deleted' };
  if (answer.value === EADDRNOTAVAIL) return { ok: true, value: 'absent' };
  return failure(answer.value, describe('RTM_DELADDR', change), true);
}

/** All addresses of one interface, both families. Needs no privilege. */
export function listAddresses(ifindex: number): Result<LinkAddress[]> {
  const opened = NetlinkSocket.open();
  if (!opened.ok) return opened;
  const socket = opened.value;
  try {
    let addresses: LinkAddress[] = [];
    for (let attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
      addresses = [];
      const done = socket.dump(emitAddressDump(socket.nextSequence()), 'RTM_GETADDR', (message) => {
        const parsed = message.type === RTM.newAddress ? parseAddress(message) : null;
        if (parsed?.index !== ifindex) return true;
        const { index: _index, flags: _flags, ...address } = parsed;
        addresses.push(address);
        return true;
      });
      if (!done.ok) return done;
      if (!done.value.interrupted) break;
    }
    return { ok: true, value: addresses };
  } finally {
    socket.close();
  }
}

function exchange(
  change: AddressChange,
  name: string,
  emit: (sequence: number, change: AddressChange) => Uint8Array | null,
  given: NetlinkSocket | undefined,
): Result<number> {
  const opened = given === undefined ? NetlinkSocket.open() : ({ ok: true, value: given } as const);
  if (!opened.ok) return opened;
  const socket = opened.value;
  const message = emit(socket.nextSequence(), change);
  const operation = describe(name, change);
  const answer: Result<number> = message === null ? failure(EINVAL, operation) : socket.request(message, operation);
  if (given === undefined) socket.close();
  return answer;
}

function describe(name: string, { address, prefixLength, ifindex }: AddressChange): string {
  return `${name} ${address}/${prefixLength} on interface ${ifindex}`;
}
