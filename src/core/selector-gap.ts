// Which requirements of a selector some labels do not meet, in words, and what would meet them.
import { type LabelRequirement, type LabelSelector, nameLabel, namespaceLabel } from '#model/labels.ts';
import { quote, safeText } from '#model/safe-text.ts';

export interface SelectorGap {
  /** Such as `it wants color=blue, and there is color=red`. */
  readonly why: string;
  /** What to change at the object that is not selected. */
  readonly fix: string;
}

/** Whose labels they are: how they are changed differs. */
export type Labelled = 'service' | 'node';

/** BOUNDED: requirements named, values named per requirement. */
const mostGaps = 3;
const mostValues = 5;

/** Null when all requirements are met. `labelOf` tells a label with the synthetic ones of services. */
export function selectorGap(
  selector: LabelSelector | undefined,
  labelOf: (key: string) => string | undefined,
  whose: Labelled,
): SelectorGap | null {
  const asLabels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]): LabelRequirement => {
    return { key, operator: 'In', values: [value] };
  });
  const unmet = [...asLabels, ...(selector?.matchExpressions ?? [])].filter(
    (requirement) => !isMet(requirement, labelOf(requirement.key)),
  );
  if (unmet.length === 0) return null;
  const shown = unmet.slice(0, mostGaps);
  const more = unmet.length > mostGaps ? `, and ${unmet.length - mostGaps} more` : '';
  const there = shown.map(({ key }) => presence(key, labelOf(key)));
  return {
    why: `it wants ${shown.map(wish).join(' and ')}${more}; the ${whose} has ${[...new Set(there)].join(', ')}`,
    fix: `${capital(shown.map((requirement) => advice(requirement, whose)).join(', and '))}${more}`,
  };
}

function isMet({ operator, values = [] }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

function wish({ key, operator, values = [] }: LabelRequirement): string {
  const name = safeText(key);
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${name}=${safeText(values[0] ?? '')}` : `${name} in (${list(values)})`;
    case 'NotIn':
      return `${name} not in (${list(values)})`;
    case 'Exists':
      return `a label ${name}`;
    default:
      return `no label ${name}`;
  }
}

function presence(key: string, value: string | undefined): string {
  return value === undefined ? `no label ${safeText(key)}` : `${safeText(key)}=${safeText(value)}`;
}

function advice({ key, operator, values = [] }: LabelRequirement, whose: Labelled): string {
  const isWanted = operator === 'In' || operator === 'Exists';
  if (whose === 'service' && (key === namespaceLabel || key === nameLabel)) {
    const what = key === nameLabel ? 'name the service' : 'create the service in namespace';
    return isWanted ? `${what} ${list(values)}` : `${what} other than ${list(values)}`;
  }
  const name = safeText(key);
  if (!isWanted) return `${operator === 'NotIn' ? 'change or remove' : 'remove'} label ${name} of the ${whose}`;
  const [first] = values;
  return first === undefined
    ? `label the ${whose} ${name}=<any value>`
    : `label the ${whose} ${name}=${safeText(first)}`;
}

function list(values: readonly string[]): string {
  const more = values.length - mostValues;
  const shown = values.slice(0, mostValues).map((value) => (value === '' ? quote(value) : safeText(value)));
  return more > 0 ? `${shown.join(', ')}, and ${more} more` : shown.join(', ');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
