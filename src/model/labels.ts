// Labels and Kubernetes label selectors.

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

/** Why the selector is invalid, in one line, or null when it is valid. */
export function selectorFault(selector: LabelSelector): string | null {
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    if (!operators.has(operator)) return `"${operator}" is not a valid label selector operator`;
    const wantsValues = operator === 'In' || operator === 'NotIn';
    const count = values?.length ?? 0;
    if (wantsValues && count === 0) return `key "${key}": for "${operator}" values must not be empty`;
    if (!wantsValues && count > 0) return `key "${key}": for "${operator}" values must be empty`;
  }
  return null;
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
