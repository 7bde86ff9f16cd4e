// May two services share one address? Cilium's five rules, in its order and words.
import type { Service } from '#model/resources.ts';
import { annotation, goBoolean, listOf } from './annotation.ts';

/** What decides about sharing, read once per service. */
export interface Sharing {
  /** Empty: shares with nobody. Any other text is compared exactly. */
  readonly key: string;
  /** Only read with a key. */
  readonly namespace: string;
  /** Namespaces this service lets in; `*` lets in all. */
  readonly namespaces: readonly string[];
  /** `port/PROTOCOL`. A protocol that is not set is TCP. */
  readonly ports: readonly string[];
  readonly local: boolean;
  /** Canonical text of the pod selector; empty: none. */
  readonly selector: string;
  readonly permitsDifferentPods: boolean;
  /** An opt-in value that is no Go boolean: it disables and earns a warning. */
  readonly badPermit: string | null;
  /** All of the above as text: equal signatures share with the same services. Empty without a key. */
  readonly signature: string;
}

export const differentPods =
  'ExternalTrafficPolicy local but selecting different set of pods without ' +
  'lbipam.cilium.io/sharing-permit-different-pods on both services';

export function sharingOf(service: Service): Sharing {
  const key = annotation(service.annotations, 'sharingKey') ?? '';
  if (key === '') return noSharing;
  const permit = annotation(service.annotations, 'permitDifferentPods');
  const facts = {
    key,
    namespace: service.namespace,
    namespaces: [...new Set(listOf(annotation(service.annotations, 'crossNamespace') ?? ''))].sort(),
    ports: [
      ...new Set(service.ports.map(({ port, protocol }) => `${port}/${(protocol || 'TCP').toUpperCase()}`)),
    ].sort(),
    local: service.externalTrafficPolicy === 'Local',
    selector: selectorText(service),
    permitsDifferentPods: goBoolean(permit ?? '') ?? false,
  };
  const badPermit = permit !== null && goBoolean(permit) === null ? permit : null;
  return { ...facts, badPermit, signature: JSON.stringify(Object.values(facts)) };
}

const noSharing: Sharing = {
  key: '',
  namespace: '',
  namespaces: [],
  ports: [],
  local: false,
  selector: '',
  permitsDifferentPods: false,
  badPermit: null,
  signature: '',
};

function selectorText(service: Service): string {
  const entries = Object.entries(service.selector);
  if (entries.length === 0) return '';
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Null when the two may share an address, else the first rule that keeps them apart. Symmetric. */
export function sharingObstacle(a: Sharing, b: Sharing): string | null {
  if (a.key === '' || a.key !== b.key) return 'different sharing key';
  if (!namespacesPermit(a, b)) return 'different and not permitted namespace';
  if (shareAPort(a.ports, b.ports)) return 'same port and protocol';
  if (a.local !== b.local) return 'different ExternalTrafficPolicy';
  if (!a.local) return null;
  if (a.selector === '' || b.selector === '') return 'ExternalTrafficPolicy local but a service has no selector';
  if (a.selector !== b.selector && !(a.permitsDifferentPods && b.permitsDifferentPods)) return differentPods;
  return null;
}

function namespacesPermit(a: Sharing, b: Sharing): boolean {
  return a.namespace === b.namespace || (letsIn(a, b.namespace) && letsIn(b, a.namespace));
}

function letsIn(sharing: Sharing, namespace: string): boolean {
  return sharing.namespaces.includes(namespace) || sharing.namespaces.includes('*');
}

function shareAPort(a: readonly string[], b: readonly string[]): boolean {
  if (a.length * b.length <= 16) return a.some((port) => b.includes(port));
  const ports = new Set(a);
  return b.some((port) => ports.has(port));
}
