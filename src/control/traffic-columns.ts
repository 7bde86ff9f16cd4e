// The columns of traffic: one definition for the command and the user interface.
import type { Column } from './columns.ts';
import type { TrafficItem } from './traffic-protocol.ts';

export interface StreamColumn extends Column<TrafficItem> {
  /** What most cells fit into: rows of a stream are shown before the next ones are known. */
  readonly width: number;
}

export const trafficColumns: readonly StreamColumn[] = [
  { header: 'TIME (UTC)', width: 12, value: ({ time }) => time.slice(11, 23) },
  { header: 'IF', width: 6, value: (item) => item.interface },
  { header: 'DIR', width: 3, value: ({ direction }) => direction },
  { header: 'OP', width: 5, value: operationText },
  { header: 'IP', width: 15, value: ({ ip, vlan }) => ip ?? (vlan === null ? '-' : `vlan ${vlan}`) },
  { header: 'FROM', width: 17, value: ({ source, senderMac }) => senderMac ?? source },
  { header: 'VERDICT', width: 12, value: verdictText },
  { header: 'SENDER', width: 15, wide: true, value: ({ sender }) => sender ?? '-' },
  { header: 'ETHER-FROM', width: 17, wide: true, value: ({ source }) => source },
  { header: 'ETHER-TO', width: 17, wide: true, value: ({ destination }) => destination },
  { header: 'BYTES', width: 5, wide: true, right: true, value: ({ length }) => String(length) },
  { header: 'SEQ', width: 6, wide: true, right: true, value: ({ sequence }) => String(sequence) },
];

const words = { request: 'who', probe: 'probe', reply: 'is-at', announcement: 'garp' } as const;
/** Of Neighbor Discovery, where nothing is gratuitous ARP. */
const neighborWords = { request: 'ns', probe: 'dad', reply: 'na', announcement: 'una' } as const;

function operationText({ operation, protocol }: TrafficItem): string {
  if (operation === null) return '-';
  return (protocol === 'NDP' ? neighborWords : words)[operation];
}

/** What everybody expects is told shortly; everything else with its reason. */
function verdictText({ verdict, reason, latencySeconds }: TrafficItem): string {
  if (latencySeconds !== null) return `ours ${(latencySeconds * 1000).toFixed(2)}ms`;
  if (verdict === 'duplicate') return `DUPLICATE (${reason})`;
  return reason === 'replied' ? verdict : `${verdict} (${reason})`;
}
