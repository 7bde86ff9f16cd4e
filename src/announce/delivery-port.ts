// The port `Delivery` on local delivery: problems become lines of text, and what is bound is remembered.
import type { Delivery } from '#ports.ts';

/** What local delivery offers. */
interface LocalDelivery {
  apply(addresses: readonly string[], interfaces: readonly string[]): readonly { readonly message: string }[];
  bound(): ReadonlySet<string>;
  restore(): readonly { readonly message: string }[];
}

export function deliveryPort(local: LocalDelivery): Delivery {
  let bound = local.bound();
  return {
    apply(addresses, interfaces) {
      const problems = local.apply(addresses, interfaces).map(({ message }) => message);
      // With a problem, only the kernel knows which of them are there.
      bound = problems.length > 0 ? local.bound() : new Set(addresses);
      return problems;
    },
    delivered: () => bound,
    restore: () => void local.restore(),
  };
}
