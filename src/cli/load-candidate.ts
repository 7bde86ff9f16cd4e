// A configuration that is not applied: read with the rules of the daemon, as old as the daemon knows its objects.
import { serviceKey } from '#model/resources.ts';
import type { Observed } from '#model/snapshot.ts';
import { FileSource } from '#sources/file/file-source.ts';

export type Candidate = Awaited<ReturnType<FileSource['load']>>;

/** `hostName` names the node where nothing else does. */
export async function loadCandidate(paths: readonly string[], present: Observed, hostName: string): Promise<Candidate> {
  const ages = agesOf(present);
  const source = new FileSource({
    paths,
    nodeName: present.node.isNamed ? present.node.name : hostName,
    store: { firstSeen: (objects, nowMs) => new Map(objects.map((key) => [key, ages.get(key) ?? nowMs])) },
    clock: { wallMs: Date.now },
    ownAddresses: () =>
      present.interfaces
        .flatMap(({ addresses }) => addresses.map(({ address }) => address))
        .filter((address) => !present.deliveredAddresses.has(address)),
  });
  try {
    return await source.load();
  } finally {
    source.close();
  }
}

/** When the objects that run were first seen: the eldest wins where two want the same. */
function agesOf({ inputs }: Observed): ReadonlyMap<string, number> {
  const ages = new Map<string, number>();
  for (const { name, createdMs } of inputs.pools) ages.set(`CiliumLoadBalancerIPPool/${name}`, createdMs);
  for (const { name, createdMs } of inputs.policies) ages.set(`CiliumL2AnnouncementPolicy/${name}`, createdMs);
  for (const { name, createdMs } of inputs.nodes) ages.set(`Node/${name}`, createdMs);
  for (const service of inputs.services) ages.set(`Service/${serviceKey(service)}`, service.createdMs);
  for (const slice of inputs.endpointSlices) ages.set(`EndpointSlice/${serviceKey(slice)}`, slice.createdMs);
  return ages;
}
