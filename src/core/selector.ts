// Label selectors made ready once, so that a hundred thousand services can be asked cheaply.
import { type LabelRequirement, type LabelSelector, nameLabel, namespaceLabel } from '#model/labels.ts';
import type { Service } from '#model/resources.ts';

export type ServiceSelector = (service: Service) => boolean;

/** A test over the labels of a service with the two synthetic ones on top. The selector is valid (`selectorFault`). */
export function compileSelector(selector: LabelSelector | undefined): ServiceSelector {
  const tests: ServiceSelector[] = [];
  for (const [key, wanted] of Object.entries(selector?.matchLabels ?? {})) {
    tests.push((service) => labelOf(service, key) === wanted);
  }
  for (const requirement of selector?.matchExpressions ?? []) tests.push(requirementTest(requirement));
  const [only] = tests;
  if (!only) return () => true;
  return tests.length === 1 ? only : (service) => tests.every((test) => test(service));
}

function requirementTest({ key, operator, values }: LabelRequirement): ServiceSelector {
  const wanted = new Set(values ?? []);
  switch (operator) {
    case 'In':
      return (service) => {
        const value = labelOf(service, key);
        return value !== undefined && wanted.has(value);
      };
    case 'NotIn':
      // Kubernetes: a missing key satisfies NotIn.
      return (service) => {
        const value = labelOf(service, key);
        return value === undefined || !wanted.has(value);
      };
    case 'Exists':
      return (service) => labelOf(service, key) !== undefined;
    default:
      return (service) => labelOf(service, key) === undefined;
  }
}

/** The synthetic labels overwrite what a user wrote under their names. */
export function labelOf(service: Service, key: string): string | undefined {
  if (key === namespaceLabel) return service.namespace;
  if (key === nameLabel) return service.name;
  return Object.hasOwn(service.labels, key) ? service.labels[key] : undefined;
}
