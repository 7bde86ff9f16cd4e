// Which addresses the rules and sets of nf_tables mention (kube-proxy, iptables-nft, an operator's own DNAT).
// Read linux/netfilter/nf_tables.h before changing this file.

import { parseIp } from './ip-text.ts';
import { attributeText, emitMessage, MESSAGE_FLAG, readAttributes, textAttribute, viewOf } from './netlink-message.ts';
import { NETLINK, NetlinkSocket } from './netlink-socket.ts';
import type { Result } from './system-error.ts';

const SUBSYSTEM_NFTABLES = 10;
const NFT_MSG = { getRule: 7, getSet: 10, getElements: 13 } as const;
const NFTA_SET = { table: 1, name: 2 } as const;
const NFTA_ELEMENTS = { table: 1, set: 2 } as const;
const GENERIC_HEADER_BYTES = 4;

// BOUNDED: 4 MiB take some 10 ms to look through. A larger rule set is not looked at further.
const BYTES_READ = 4 * 1024 * 1024;
const SETS_READ = 1024;

/**
 * Those of the addresses (canonical text) that a rule or a set element contains, whatever the rule does with them.
 * Needs CAP_NET_ADMIN. Rules for a whole prefix, legacy iptables and eBPF programs are not seen.
 */
export function filterMentions(addresses: readonly string[]): Result<ReadonlySet<string>> {
  const search = new Search(addresses);
  const rules = dump(NFT_MSG.getRule, 0, [], (payload) => search.look(payload));
  if (!rules.ok) return rules;
  const sets: { family: number; table: string; name: string }[] = [];
  const listed = dump(NFT_MSG.getSet, 0, [], (payload) => {
    const texts = new Map([...attributesOf(payload)].map(({ type, value }) => [type, value]));
    const [table, name] = [texts.get(NFTA_SET.table), texts.get(NFTA_SET.name)];
    if (table && name) sets.push({ family: payload[0] ?? 0, table: attributeText(table), name: attributeText(name) });
    return sets.length < SETS_READ;
  });
  if (!listed.ok) return listed;
  for (const { family, table, name } of sets) {
    const which = [textAttribute(NFTA_ELEMENTS.table, table), textAttribute(NFTA_ELEMENTS.set, name)];
    // A set that is gone by now mentions nothing.
    dump(NFT_MSG.getElements, family, which, (payload) => search.look(payload));
  }
  return { ok: true, value: search.found };
}

function attributesOf(payload: Uint8Array) {
  return readAttributes(payload.subarray(GENERIC_HEADER_BYTES));
}

function dump(
  type: number,
  family: number,
  body: readonly Uint8Array[],
  take: (payload: Uint8Array) => boolean,
): Result<unknown> {
  const opened = NetlinkSocket.open([], NETLINK.netfilter);
  if (!opened.ok) return opened;
  const socket = opened.value;
  const header = Uint8Array.of(family, 0, 0, 0);
  const flags = MESSAGE_FLAG.request | MESSAGE_FLAG.dump;
  const request = emitMessage((SUBSYSTEM_NFTABLES << 8) | type, flags, socket.nextSequence(), [header, ...body]);
  const done = socket.dump(request, 'nf_tables', ({ payload }) => take(payload));
  socket.close();
  return done;
}

/** Finds addresses in messages: every value in an attribute starts at a multiple of four bytes. */
class Search {
  readonly found = new Set<string>();
  readonly #addresses: readonly string[];
  /** Null until there is a rule to look at: most boxes have none, and 50,000 addresses as bytes are felt. */
  #wanted: Wanted | null = null;
  #read = 0;

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
  }

  /** False once enough was read. */
  look(payload: Uint8Array): boolean {
    const view = viewOf(payload);
    this.#wanted ??= byFirstBytes(this.#addresses);
    for (let at = 0; at + 4 <= payload.length; at += 4) {
      for (const { text, bytes } of this.#wanted.get(view.getUint32(at)) ?? []) {
        if (bytes.every((byte, i) => payload[at + i] === byte)) this.found.add(text);
      }
    }
    this.#read += payload.length;
    return this.#read < BYTES_READ;
  }
}

/** Addresses by their first four bytes. BOUNDED: the addresses asked about. */
type Wanted = ReadonlyMap<number, readonly { readonly text: string; readonly bytes: Uint8Array }[]>;

function byFirstBytes(addresses: readonly string[]): Wanted {
  const wanted = new Map<number, { readonly text: string; readonly bytes: Uint8Array }[]>();
  for (const text of addresses) {
    const bytes = parseIp(text);
    if (bytes === null) continue;
    const start = viewOf(bytes).getUint32(0);
    const known = wanted.get(start);
    if (known) known.push({ text, bytes });
    else wanted.set(start, [{ text, bytes }]);
  }
  return wanted;
}
