// Addresses of this box that a manifest asks for: they are never handed out, and never announced.
import { compareAddresses, type IpAddress, parseAddress } from '#model/address.ts';
import type { ConfigProblem } from '#model/problem.ts';
import { type Block, parseBlock, rangeContains } from '#model/range.ts';
import type { Pool, Position, Service } from '#model/resources.ts';
import { inSlices } from './turn.ts';

/** Annotations that ask for addresses, in a comma list. */
const requests = ['lbipam.cilium.io/ips', 'io.cilium/lb-ipam-ips', 'metallb.io/loadBalancerIPs'];

/** Object errors; `own`: the box's addresses, without those that delivery added. */
export async function findOwnAddresses(
  pools: readonly Pool[],
  services: readonly Service[],
  own: readonly string[],
): Promise<ConfigProblem[]> {
  const addresses = own.flatMap((text) => parseAddress(text) ?? []);
  const problems: ConfigProblem[] = [];
  for (const pool of pools) {
    for (const [index, block] of pool.blocks.entries()) {
      const address = addresses.find((each) => isOnly(block, each));
      const path = `spec.blocks[${index}]`;
      const position = pool.fields?.get(path) ?? pool.position;
      if (address && position) problems.push(problem(position, path, `pool ${pool.name} has no other address`));
    }
  }
  await inSlices(services, (slice) => {
    for (const service of slice) {
      for (const { text, path } of asked(service)) {
        const wanted = parseAddress(text);
        if (!wanted || !service.position || !addresses.some((each) => compareAddresses(each, wanted) === 0)) continue;
        problems.push(problem(service.position, path, `service ${service.namespace}/${service.name} asks for ${text}`));
      }
    }
  });
  return problems;
}

/** A larger block may contain the box's address: that one is simply left out. */
function isOnly(block: Block, address: IpAddress): boolean {
  const result = parseBlock(block);
  return result.ok && result.range.first === result.range.last && rangeContains(result.range, address);
}

function* asked(service: Service): Generator<{ readonly text: string; readonly path: string }> {
  if (service.loadBalancerIP) yield { text: service.loadBalancerIP, path: 'spec.loadBalancerIP' };
  for (const key of requests) {
    const list = service.annotations[key];
    if (list === undefined) continue;
    for (const text of list.split(',')) yield { text: text.trim(), path: `metadata.annotations["${key}"]` };
  }
}

function problem(position: Position, path: string, what: string): ConfigProblem {
  return {
    ...position,
    code: 'LL-CFG-032',
    severity: 'error',
    scope: 'object',
    path,
    message: `${what}: that is an address of this box itself`,
    hint: 'choose another address, or remove it from the box',
  };
}
