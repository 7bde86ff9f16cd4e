// Counts that Cilium's operator exports (lbipam_conflicting_pools and its neighbours).
import type { Desired } from '#model/snapshot.ts';

export interface Gauges {
  readonly conflictingPools: number;
  /** All services we handle, satisfied or not; none while there is no pool at all. */
  readonly servicesMatching: number;
  readonly servicesUnsatisfied: number;
}

export function gauges({ pools, services }: Desired): Gauges {
  const handled = pools.length > 0 ? services.filter((service) => service.handled) : [];
  return {
    conflictingPools: pools.filter(({ conflict }) => conflict).length,
    servicesMatching: handled.length,
    servicesUnsatisfied: handled.filter(({ condition }) => condition?.status === 'False').length,
  };
}
