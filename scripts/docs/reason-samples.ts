// One reason of every code, so that the reference page shows the sentence that the product says.
import type { Reason } from '#model/reason.ts';

const address = '192.0.2.10';
const pool = 'blue';
const policy = 'lan';

export const reasonSamples: { readonly [C in Reason['code']]: Extract<Reason, { code: C }> } = {
  no_pool: { code: 'no_pool', address: null },
  out_of_ips: { code: 'out_of_ips' },
  pool_selector_mismatch: { code: 'pool_selector_mismatch', address, pool },
  already_allocated: { code: 'already_allocated', address, holder: 'default/web' },
  already_allocated_incompatible_service: {
    code: 'already_allocated_incompatible_service',
    address,
    holder: 'default/web',
    why: 'different sharing key',
  },
  invalid_request: { code: 'invalid_request', value: '192.0.2.300', why: 'it is not an IP address' },
  own_address: { code: 'own_address', address, interface: 'eth0' },
  special_address: { code: 'special_address', address: '192.0.2.255', why: 'broadcast' },
  address_in_use: { code: 'address_in_use', address, mac: '02:00:00:00:00:01', interface: 'eth0' },
  excluded_address: { code: 'excluded_address', address, pool },
  reserved_address: { code: 'reserved_address', address, pool },
  pool_disabled: { code: 'pool_disabled', pool },
  pool_conflicting: { code: 'pool_conflicting', pool, with: 'red' },
  pool_invalid: { code: 'pool_invalid', pool, why: "'192.0.2.0/33' is not a CIDR" },
  pool_selector: { code: 'pool_selector', pool },
  pool_full: { code: 'pool_full', pool },
  pool_family: { code: 'pool_family', pool, family: 'IPv6' },
  not_load_balancer: { code: 'not_load_balancer', type: 'ClusterIP' },
  foreign_class: { code: 'foreign_class', class: 'example.com/other' },
  class_required: { code: 'class_required' },
  dormant: { code: 'dormant' },
  no_policy: { code: 'no_policy' },
  policy_service_selector: { code: 'policy_service_selector', policy },
  policy_node_selector: { code: 'policy_node_selector', policy },
  policy_no_address_kind: { code: 'policy_no_address_kind', policy },
  policy_no_interface: { code: 'policy_no_interface', policy },
  policy_invalid: { code: 'policy_invalid', policy, why: 'unclosed group' },
  interface_down: { code: 'interface_down', address, interface: 'eth0' },
  not_unicast: { code: 'not_unicast', address: '224.0.0.1' },
  off_link: { code: 'off_link', address, interface: 'eth0' },
  no_ipv6_address: { code: 'no_ipv6_address', address: '2001:db8::10', interface: 'eth0' },
  prefix_not_allowed: { code: 'prefix_not_allowed', address },
  no_local_endpoint: { code: 'no_local_endpoint', service: 'default/web' },
  not_leader: { code: 'not_leader', address },
  family_disabled: { code: 'family_disabled', family: 'IPv6' },
};
