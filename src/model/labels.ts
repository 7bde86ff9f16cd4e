// Labels and Kubernetes label selectors.
import { quote } from './safe-text.ts';

export type Labels = Readonly<Record<string, string>>;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A selector as written (`metav1.LabelSelector`). Absent or empty selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** Synthetic labels that every service carries; they overwrite labels of the same name. */
export const namespaceLabel = 'io.kubernetes.service.namespace';
export const nameLabel = 'io.kubernetes.service.name';

const operators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

// Kubernetes "Labels and Selectors": [prefix/]name, the name at most 63 characters, the prefix a DNS subdomain.
const labelName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function keyFault(key: string): string | null {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const prefix = key.slice(0, Math.max(slash, 0));
  const prefixed = slash < 0 || (prefix.length <= 253 && dnsSubdomain.test(prefix));
  if (prefixed && name.length <= 63 && labelName.test(name)) return null;
  return `${quote(key)} is not a valid label key`;
}

function valueFault(value: string): string | null {
  if (value === '' || (value.length <= 63 && labelName.test(value))) return null;
  return `${quote(value)} is not a valid label value`;
}

/** Why the selector is invalid, in one line, or null when it is valid. */
export function selectorFault(selector: LabelSelector): string | null {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const fault = keyFault(key) ?? valueFault(value);
    if (fault) return fault;
  }
  for (const requirement of selector.matchExpressions ?? []) {
    const fault = requirementFault(requirement);
    if (fault) return fault;
  }
  return null;
}

function requirementFault({ key, operator, values = [] }: LabelRequirement): string | null {
  if (!operators.has(operator)) return `${quote(operator)} is not a valid label selector operator`;
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (wantsValues && values.length === 0) return `key ${quote(key)}: for "${operator}" values must not be empty`;
  if (!wantsValues && values.length > 0) return `key ${quote(key)}: for "${operator}" values must be empty`;
  return keyFault(key) ?? values.map(valueFault).find((fault) => fault !== null) ?? null;
}

/** Whether a valid selector selects these labels: all requirements must hold. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return true;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  }
  for (const requirement of selector.matchExpressions ?? []) {
    if (!meets(requirement, labels)) return false;
  }
  return true;
}

function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      // Kubernetes: a missing key satisfies NotIn.
      return value === undefined || !(values ?? []).includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
