// `CiliumLoadBalancerIPPool` to the model, with everything that is wrong with its blocks.

import { parseAddress } from '#model/address.ts';
import type { Block } from '#model/range.ts';
import { formatRange, parseBlock, parseCidr } from '#model/range.ts';
import type { Pool } from '#model/resources.ts';
import {
  type Conversion,
  convertMetadata,
  fieldPositions,
  objectProblem,
  readBoolean,
  readSelector,
} from './conversion.ts';
import type { Path } from './document.ts';
import { leadingZero } from './leading-zero.ts';
import type { Finding } from './reporter.ts';
import { show } from './schema-issues.ts';
import type { PoolInput } from './schema-pool.ts';

export function convertPool(conversion: Conversion, input: PoolInput): Pool {
  const spec = input.spec ?? {};
  const blocks: Block[] = [];
  const add = (written: string | BlockInput, path: Path) => {
    const isText = typeof written === 'string';
    const block = isText ? { cidr: written } : withoutNulls(written);
    blocks.push(block);
    // A misspelt field has its own message already.
    if (!isText && Object.keys(written).some((field) => !blockFields.includes(field))) return;
    const findings = judgeBlock(block, path, isText ? path : [...path, 'cidr']);
    for (const finding of findings) objectProblem(conversion, finding);
  };
  for (const [index, block] of (spec.blocks ?? []).entries()) add(block, ['spec', 'blocks', index]);
  for (const [index, block] of (spec.cidrs ?? []).entries()) add(block, ['spec', 'cidrs', index]);
  if (spec.cidrs) {
    objectProblem(conversion, {
      code: 'LL-CFG-023',
      severity: 'warning',
      path: ['spec', 'cidrs'],
      atKey: true,
      message: 'spec.cidrs is deprecated: the field is named blocks now',
      hint: 'write: blocks: [{cidr: …}]',
    });
  }
  const serviceSelector = readSelector(conversion, ['spec', 'serviceSelector'], spec.serviceSelector);
  return {
    ...convertMetadata(conversion, 'CiliumLoadBalancerIPPool', '', input.metadata),
    fields: fieldPositions(conversion),
    blocks,
    allowFirstLastIPs: readFirstLast(conversion, spec.allowFirstLastIPs),
    disabled: readBoolean(conversion, ['spec', 'disabled'], spec.disabled),
    ...(serviceSelector && { serviceSelector }),
    usesCidrs: Boolean(spec.cidrs),
  };
}

type BlockInput = { readonly [field in keyof Block]?: string | null | undefined };

const blockFields: readonly string[] = ['cidr', 'start', 'stop'];

function withoutNulls(block: BlockInput): Block {
  return {
    ...(block.cidr && { cidr: block.cidr }),
    ...(block.start && { start: block.start }),
    ...(block.stop && { stop: block.stop }),
  };
}

/** Cilium: only the literal `No` reserves; unset is Yes. Other spellings are what YAML 1.1 readers make of it. */
function readFirstLast(conversion: Conversion, value: string | boolean | null | undefined): boolean {
  if (value === null || value === undefined || value === 'Yes') return true;
  if (value === 'No') return false;
  const path = ['spec', 'allowFirstLastIPs'];
  const word = String(value).toLowerCase();
  const allowed = word === 'yes' || word === 'true';
  if (!allowed && word !== 'no' && word !== 'false') {
    conversion.reporter.inDocument(conversion.document, 'document', {
      code: 'LL-CFG-012',
      path,
      message: `spec.allowFirstLastIPs: ${show(value)} is not allowed`,
      hint: 'it takes "Yes", "No"',
    });
    return true;
  }
  const meaning = allowed ? 'Yes' : 'No';
  objectProblem(conversion, {
    code: 'LL-CFG-021',
    severity: 'warning',
    path,
    message: `allowFirstLastIPs: ${show(value)} is read as "${meaning}"`,
    hint: `write: allowFirstLastIPs: "${meaning}"`,
  });
  return allowed;
}

function judgeBlock(block: Block, path: Path, cidrPath: Path): Finding[] {
  const result = parseBlock(block);
  if (result.ok) return block.cidr ? hostBits(block.cidr, cidrPath) : [];
  const { error } = result;
  switch (error.code) {
    case 'bad_cidr': {
      const octets = leadingZero(block.cidr ?? '');
      if (octets) return [{ ...octets, path: cidrPath }];
      const single = parseAddress(error.value) ? `write: ${error.value}/${error.value.includes(':') ? 128 : 32}` : '';
      const hint = single || rangeHint(error.value).hint || '';
      const message = `${show(error.value)} is not a CIDR: ${error.detail}`;
      return [{ code: 'LL-CFG-014', path: cidrPath, message, hint }];
    }
    case 'bad_address': {
      const octets = leadingZero(error.value);
      if (octets) return [{ ...octets, path: [...path, error.field] }];
      const message = `${show(error.value)} is not an IP address`;
      return [{ code: 'LL-CFG-015', path: [...path, error.field], message, ...rangeHint(error.value) }];
    }
    case 'start_after_stop': {
      const message = `the block starts at ${error.start}, after its stop ${error.stop}`;
      return [{ code: 'LL-CFG-016', path: [...path, 'start'], message, hint: 'exchange start and stop' }];
    }
    case 'mixed_families': {
      const message = `start ${error.start} and stop ${error.stop} are of different families`;
      return [{ code: 'LL-CFG-017', path: [...path, 'stop'], message, hint: 'use one block for each family' }];
    }
    case 'stop_without_start':
      return [{ code: 'LL-CFG-018', path: [...path, 'stop'], message: `stop ${error.value} has no start` }];
    case 'empty_block':
      return [{ code: 'LL-CFG-018', path, message: 'a block needs cidr, or start and stop' }];
  }
}

function hostBits(cidr: string, path: Path): Finding[] {
  const range = parseCidr(cidr);
  const written = parseAddress(cidr.slice(0, cidr.indexOf('/')));
  if (!range || !written || written.value === range.first) return [];
  const message = `${show(cidr)} has host bits set: it stands for ${formatRange(range)}`;
  const hint = 'for a part of the network use start and stop';
  return [{ code: 'LL-CFG-033', severity: 'warning', path, message, hint }];
}

/** MetalLB writes a range as one text. */
function rangeHint(text: string): { readonly hint?: string } {
  const [start, stop, ...rest] = text.split('-').map((part) => part.trim());
  if (!start || !stop || rest.length > 0 || !parseAddress(start) || !parseAddress(stop)) return {};
  return { hint: `write: start: ${start} and stop: ${stop}` };
}
