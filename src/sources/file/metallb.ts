// Objects of MetalLB: not read, but told what to write in their place.
import { parseAddress } from '#model/address.ts';
import { parseCidr } from '#model/range.ts';

export const metallbGroup = 'metallb.io';

/** What stands in for an object of this kind. */
export interface Instead {
  readonly what: string;
  readonly hint: string;
}

/** BOUNDED: a line stays readable; who has more blocks knows the form by then. */
const mostBlocks = 8;

/** `document`: the object as parsed, of any shape. Null: lanlord has nothing that would do its work, and needs nothing. */
export function insteadOfMetallb(kind: string, document: unknown): Instead | null {
  const spec = field(document, 'spec');
  const name = text(field(field(document, 'metadata'), 'name')) ?? 'NAME';
  switch (kind) {
    case 'IPAddressPool':
    case 'AddressPool':
      return { what: 'is a pool of MetalLB and gives no address', hint: `write ${pool(name, spec)}` };
    case 'L2Advertisement':
      return { what: 'is an announcement of MetalLB and announces nothing', hint: `write ${policy(name, spec)}` };
    case 'BGPAdvertisement':
    case 'BGPPeer':
    case 'BFDProfile':
    case 'Community':
      return {
        what: 'belongs to BGP of MetalLB',
        hint: 'lanlord announces on the LAN only, by ARP and NDP: take it out',
      };
    default:
      return null;
  }
}

function pool(name: string, spec: unknown): string {
  const addresses = texts(field(spec, 'addresses'));
  const blocks = addresses.slice(0, mostBlocks).map(block);
  const more = addresses.length > mostBlocks ? `, … ${addresses.length - mostBlocks} more` : '';
  const list = blocks.length > 0 ? `${blocks.join(', ')}${more}` : '{cidr: 192.0.2.0/28}';
  const ends = field(spec, 'avoidBuggyIPs') === true ? ', allowFirstLastIPs: "No"' : '';
  const made = `{apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {name: ${name}}, spec: {blocks: [${list}]${ends}}}`;
  if (field(spec, 'autoAssign') !== false) return made;
  return `${made}; for autoAssign: false add a serviceSelector, services name the pool by metallb.io/address-pool`;
}

/** `192.0.2.0/24` or `192.0.2.1-192.0.2.9`. */
function block(range: string): string {
  const [start = '', stop] = range.split('-').map((part) => part.trim());
  if (stop !== undefined && parseAddress(start) && parseAddress(stop)) return `{start: "${start}", stop: "${stop}"}`;
  return parseCidr(start) ? `{cidr: "${start}"}` : '{cidr: 192.0.2.0/28}';
}

function policy(name: string, spec: unknown): string {
  const interfaces = texts(field(spec, 'interfaces'));
  const patterns = interfaces.map((one) => JSON.stringify(`^${one.replaceAll('.', '\\.')}$`));
  const where = patterns.length > 0 ? `, interfaces: [${patterns.join(', ')}]` : '';
  const made = `{apiVersion: cilium.io/v2alpha1, kind: CiliumL2AnnouncementPolicy, metadata: {name: ${name}}, spec: {loadBalancerIPs: true${where}}}`;
  const lost = [
    ...(texts(field(spec, 'ipAddressPools')).length > 0 ? ['serviceSelector in the place of ipAddressPools'] : []),
    ...(isFilled(field(spec, 'nodeSelectors')) ? ['nodeSelector in the place of nodeSelectors'] : []),
  ];
  return lost.length === 0 ? made : `${made}; add ${lost.join(' and ')}`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Names and texts go into a hint as they are: only plain ones. */
const plain = /^[\w.:-]{1,253}$/;

function text(value: unknown): string | null {
  return typeof value === 'string' && plain.test(value) ? value : null;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string' && one.length <= 100) : [];
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
