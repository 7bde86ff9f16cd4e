// A policy judged on this node: the version in force, what it selects, and what is wrong with it.
import { type LabelSelector, type Labels, selectorFault, selects } from '#model/labels.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Condition, Interface, Policy } from '#model/resources.ts';
import { quote } from '#model/safe-text.ts';
import { annotation } from './annotation.ts';
import { badInterfaceRegexType, badNodeSelectorType, badServiceSelectorType } from './condition-types.ts';
import { selectDevices } from './device.ts';
import { compilePattern } from './pattern.ts';
import { compileSelector, type ServiceSelector } from './selector.ts';

export interface PolicyFault {
  readonly type: string;
  readonly message: string;
  /** Path of the field inside the document. */
  readonly path: string;
}

export interface PolicyState {
  readonly name: string;
  readonly declared: Policy;
  /** The version that counts; null: there was never a valid one. */
  readonly inForce: Policy | null;
  readonly fault: PolicyFault | null;
  readonly matchesNode: boolean;
  readonly selects: ServiceSelector;
  /** Interfaces that its patterns select, sorted by name; down ones too. */
  readonly interfaces: readonly Interface[];
  readonly allowsOffLink: boolean;
  /** Condition types that are or once were True. */
  readonly faultTypes: readonly string[];
}

export interface NodeView {
  readonly labels: Labels;
  readonly interfaces: readonly Interface[];
  readonly config: NodeConfig;
}

/** An invalid edit is reported and the last good version goes on announcing. */
export function policyState(
  policy: Policy,
  lastGood: Policy | undefined,
  knownFaults: readonly string[],
  node: NodeView,
): PolicyState {
  const fault = policyFault(policy);
  const inForce = fault ? (lastGood ?? null) : policy;
  const patterns = (inForce?.interfaces ?? []).map(compilePattern);
  return {
    name: policy.name,
    declared: policy,
    inForce,
    fault,
    matchesNode: inForce !== null && selects(inForce.nodeSelector, node.labels),
    selects: compileSelector(inForce?.serviceSelector),
    interfaces: inForce ? selectDevices(patterns, node.interfaces, node.config) : [],
    allowsOffLink: annotation(inForce?.annotations ?? {}, 'offLink')?.trim() === 'allow',
    faultTypes: [...new Set([...knownFaults, ...(fault ? [fault.type] : [])])].sort(),
  };
}

/** The first fault in Cilium's order: node selector, interface patterns, service selector. */
function policyFault(policy: Policy): PolicyFault | null {
  const selector = (value: LabelSelector | undefined, type: string, path: string) => {
    const message = value ? selectorFault(value) : null;
    return message === null ? null : { type, message, path };
  };
  return (
    selector(policy.nodeSelector, badNodeSelectorType, 'spec.nodeSelector') ??
    patternFault(policy.interfaces) ??
    selector(policy.serviceSelector, badServiceSelectorType, 'spec.serviceSelector')
  );
}

function patternFault(patterns: readonly string[]): PolicyFault | null {
  for (const [i, text] of patterns.entries()) {
    const pattern = compilePattern(text);
    if (pattern.ok) continue;
    const message = `${quote(text)} is not a valid interface pattern: ${pattern.why}`;
    return { type: badInterfaceRegexType, message, path: `spec.interfaces[${i}]` };
  }
  return null;
}

/** Cilium's form: True with the error, False with an empty message once it is mended, nothing before a first error. */
export function policyConditions({ fault, faultTypes }: PolicyState): readonly Condition[] {
  return faultTypes.map((type) =>
    fault?.type === type
      ? { type, status: 'True', reason: 'error', message: fault.message }
      : { type, status: 'False', reason: 'error', message: '' },
  );
}
