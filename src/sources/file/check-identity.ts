// What only all objects together show: the same object twice, two NodeConfigs.
import type { ConfigProblem } from '#model/problem.ts';
import { placeText } from '#model/resources.ts';
import { type ManifestObject, objectKey } from './manifest-object.ts';
import { inSlices } from './turn.ts';

/** Document errors, in the order of the objects that come second. */
export async function findDuplicates(objects: readonly ManifestObject[]): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const first = new Map<string, ManifestObject>();
  await inSlices(objects, (slice) => {
    for (const object of slice) {
      const isConfig = object.kind === 'NodeConfig';
      const key = isConfig ? 'NodeConfig' : objectKey(object);
      const earlier = first.get(key);
      if (!earlier) first.set(key, object);
      else if (isConfig) problems.push(twice(object, earlier, 'LL-CFG-028', 'there is more than one NodeConfig'));
      else problems.push(twice(object, earlier, 'LL-CFG-027', `${key} is declared twice`));
    }
  });
  return problems;
}

function twice(object: ManifestObject, earlier: ManifestObject, code: string, message: string): ConfigProblem {
  const hint = `first declared at ${placeText(earlier.position)}; keep one of them`;
  return { ...object.position, code, severity: 'error', scope: 'document', path: '', message, hint };
}
