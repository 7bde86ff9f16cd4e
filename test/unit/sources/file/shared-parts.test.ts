import { expect, test } from 'bun:test';
import type { ManifestObject } from '../../../../src/sources/file/manifest-object.ts';
import { parseManifests } from '../../../../src/sources/file/parse-manifests.ts';
import { SharedParts } from '../../../../src/sources/file/shared-parts.ts';

function parsed(): readonly ManifestObject[] {
  const service = (name: string, rest: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop${rest}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n`;
  const text = [
    service('a', ''),
    service('b', ', labels: {__proto__: x, app: web}'),
    service('c', ', labels: {app: web}, annotations: {"lbipam.cilium.io/ips": 10.0.0.1}'),
    `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: p}\nspec: {blocks: [{cidr: 10.0.0.0/24}]}\n`,
  ];
  return parseManifests(text.join('---\n'), 'f.yaml').objects;
}

test('take() changes nothing that an object says', () => {
  const shared = new SharedParts();
  const objects = parsed();
  for (const object of objects) shared.take(object);
  expect(objects).toEqual([...parsed()]);
});

test('take() lets equal parts of different services be one', () => {
  const shared = new SharedParts();
  const services = parsed().flatMap((object) => {
    shared.take(object);
    return object.kind === 'Service' ? [object.resource] : [];
  });
  const [a, b, c] = services;
  expect(a?.ports).toBe(b?.ports as never);
  expect(a?.status).toBe(c?.status as never);
  expect(a?.selector).toBe(c?.selector as never);
  expect(b?.labels).not.toBe(c?.labels as never);
});

test('take() does not mix up parts by their keys: own "__proto__" labels stay labels', () => {
  const shared = new SharedParts();
  const objects = parsed();
  for (const object of objects) shared.take(object);
  const labels = objects.map(({ resource }) => ('labels' in resource ? Object.entries(resource.labels) : []));
  expect(labels[1]).toEqual([
    ['__proto__', 'x'],
    ['app', 'web'],
  ]);
});
