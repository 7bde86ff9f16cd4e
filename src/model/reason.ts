// Every expected "no" as data, and the one place that turns it into a sentence.

/**
 * Why something is not so. Codes never change their meaning. The first word of Cilium's condition reasons is kept where
 * Cilium has one (`no_pool`, `out_of_ips`, …).
 */
export type Reason =
  // Allocation (Cilium condition cilium.io/IPAMRequestSatisfied)
  | { readonly code: 'no_pool'; readonly address: string | null }
  | { readonly code: 'out_of_ips' }
  | { readonly code: 'pool_selector_mismatch'; readonly address: string; readonly pool: string }
  | { readonly code: 'already_allocated'; readonly address: string; readonly holder: string | null }
  | {
      readonly code: 'already_allocated_incompatible_service';
      readonly address: string;
      readonly holder: string;
      readonly why: string;
    }
  | { readonly code: 'invalid_request'; readonly value: string; readonly why: string }
  | { readonly code: 'own_address'; readonly address: string; readonly interface: string }
  | { readonly code: 'special_address'; readonly address: string; readonly why: 'network' | 'broadcast' | 'gateway' }
  // A pool that does not serve a service (explain)
  | { readonly code: 'pool_disabled'; readonly pool: string }
  | { readonly code: 'pool_conflicting'; readonly pool: string; readonly with: string }
  | { readonly code: 'pool_invalid'; readonly pool: string; readonly why: string }
  | { readonly code: 'pool_selector'; readonly pool: string }
  | { readonly code: 'pool_full'; readonly pool: string }
  | { readonly code: 'pool_family'; readonly pool: string; readonly family: string }
  // Service not handled
  | { readonly code: 'not_load_balancer'; readonly type: string }
  | { readonly code: 'foreign_class'; readonly class: string }
  | { readonly code: 'class_required' }
  | { readonly code: 'dormant' }
  // Announcement
  | { readonly code: 'no_policy' }
  | { readonly code: 'policy_service_selector'; readonly policy: string }
  | { readonly code: 'policy_node_selector'; readonly policy: string }
  | { readonly code: 'policy_no_address_kind'; readonly policy: string }
  | { readonly code: 'policy_no_interface'; readonly policy: string }
  | { readonly code: 'policy_invalid'; readonly policy: string; readonly why: string }
  | { readonly code: 'off_link'; readonly address: string; readonly interface: string }
  | { readonly code: 'prefix_not_allowed'; readonly address: string }
  | { readonly code: 'no_local_endpoint'; readonly service: string }
  | { readonly code: 'not_leader'; readonly address: string }
  | { readonly code: 'family_disabled'; readonly family: string };
