// Addresses that a service asks for: what is no address is an error of that service, which gets none for it.
import { annotation, annotationNames, listOf } from '#core/annotation.ts';
import { parseAddress } from '#model/address.ts';
import { type Conversion, objectProblem } from './conversion.ts';
import type { Path } from './document.ts';
import { leadingZero } from './leading-zero.ts';
import { show } from './schema-issues.ts';
import type { ServiceInput } from './schema-service.ts';
import { suggest } from './suggest.ts';

/** One list that is wrong throughout must not crowd out what else is wrong in the file. */
const mostListed = 10;

/** Judged as the evaluation reads them: services of other types ask for nothing. */
export function checkRequests(conversion: Conversion, { metadata, spec }: ServiceInput): void {
  if (spec?.type !== 'LoadBalancer') {
    judgeType(conversion, spec?.type ?? '');
    return;
  }
  const annotations = metadata.annotations ?? {};
  const wishes = annotation(annotations, 'ips');
  if (wishes !== null) {
    const key = annotationNames.ips.find((name) => Object.hasOwn(annotations, name)) ?? annotationNames.ips[0];
    const path: Path = ['metadata', 'annotations', key];
    const wrong = listOf(wishes).filter((text) => !parseAddress(text));
    for (const text of wrong.slice(0, mostListed)) judge(conversion, path, text);
    const more = wrong.length - mostListed;
    if (more > 0)
      objectProblem(conversion, { code: 'LL-CFG-015', message: `${more} more of its entries are none`, path });
  }
  const text = spec.loadBalancerIP?.trim();
  if (text) judge(conversion, ['spec', 'loadBalancerIP'], text);
}

function judge(conversion: Conversion, path: Path, text: string): void {
  if (parseAddress(text)) return;
  const message = `${show(text)} is not an IP address`;
  objectProblem(conversion, { code: 'LL-CFG-015', message, ...leadingZero(text), path });
}

const types: readonly string[] = ['LoadBalancer', 'ClusterIP', 'NodePort', 'ExternalName'];

/** A misspelt type would be a service without an address, and without a word about it. */
function judgeType(conversion: Conversion, type: string): void {
  if (type === '' || types.includes(type)) return;
  const near = suggest(type, types);
  const hint = near === null ? `Kubernetes knows ${types.join(', ')}` : `did you mean ${near}`;
  const message = `spec.type: ${show(type)} is no type of service: it gets no address`;
  objectProblem(conversion, { code: 'LL-CFG-012', severity: 'warning', message, hint, path: ['spec', 'type'] });
}
