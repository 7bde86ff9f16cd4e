// `NodeConfig`: what the schema cannot judge.
import { isUnicast } from '#core/node-address.ts';
import { parseAddress } from '#model/address.ts';
import { parseListenAddress } from '#model/listen-address.ts';
import { parseCidr } from '#model/range.ts';
import { checkElection } from './check-election.ts';
import { patternFault, patternHint } from './check-pattern.ts';
import { type Conversion, objectProblem, readBoolean } from './conversion.ts';
import { type Path, pathText } from './document.ts';
import type { Finding } from './reporter.ts';
import { show } from './schema-issues.ts';
import type { NodeConfigInput, NodeConfigSpec } from './schema-node-config.ts';

/**
 * A wrong value here is a document error: a limit such as `allowedPrefixes` that is half applied would widen what the
 * box may do.
 */
export function convertNodeConfig(conversion: Conversion, input: NodeConfigInput): NodeConfigSpec {
  const spec = input.spec ?? {};
  const each = (path: Path, entries: readonly string[] | null | undefined, judge: (entry: string) => Judgement) => {
    for (const [index, entry] of (entries ?? []).entries()) {
      const judgement = judge(entry);
      if (judgement)
        conversion.reporter.inDocument(conversion.document, 'document', { ...judgement, path: [...path, index] });
    }
  };
  each(['spec', 'allowedPrefixes'], spec.allowedPrefixes, judgePrefix);
  each(['spec', 'devices', 'exclude'], spec.devices?.exclude, judgePattern);
  each(['spec', 'election', 'vrrp', 'addresses'], spec.election?.vrrp?.addresses, judgeAddress);
  each(['spec', 'election', 'vrrp', 'peers'], spec.election?.vrrp?.peers, judgePeer);
  checkElection(conversion, spec);
  const listen = spec.metrics?.listen ? judgeListen(spec.metrics.listen) : null;
  if (listen) {
    conversion.reporter.inDocument(conversion.document, 'document', { ...listen, path: ['spec', 'metrics', 'listen'] });
  }
  for (const [path, what] of unheeded(spec)) {
    const message = `${pathText(path)}: ${what}`;
    objectProblem(conversion, { code: 'LL-CFG-041', severity: 'warning', path, message });
  }
  return {
    ...spec,
    ...(spec.conflict && { conflict: { ...spec.conflict, ...probe(conversion, spec) } }),
    ...(spec.reload && { reload: watch(conversion, spec) }),
    ...(spec.election?.vrrp && {
      election: { ...spec.election, vrrp: { ...spec.election.vrrp, ...preempt(conversion, spec) } },
    }),
  };
}

/** Settings that are read and change nothing yet, with the word for it. */
function* unheeded(spec: NodeConfigSpec): Generator<readonly [path: Path, what: string]> {
  if (spec.election?.mode === 'lease') {
    yield [
      ['spec', 'election', 'mode'],
      'lease is not available in this version, solo is used: let one box announce, or write vrrp',
    ];
  }
  if (spec.reload?.watch === 'plan') {
    yield [['spec', 'reload', 'watch'], 'changes are not planned in this version: only a reload applies them'];
  }
}

type Judgement = Pick<Finding, 'code' | 'message' | 'hint'> | null;

function judgePrefix(entry: string): Judgement {
  if (parseCidr(entry)) return null;
  const hint = parseAddress(entry) ? `write: ${entry}/${entry.includes(':') ? 128 : 32}` : '';
  return { code: 'LL-CFG-014', message: `${show(entry)} is not a CIDR`, hint };
}

function judgeAddress(entry: string): Judgement {
  return parseAddress(entry) ? null : { code: 'LL-CFG-015', message: `${show(entry)} is not an IP address` };
}

function judgePeer(entry: string): Judgement {
  const address = parseAddress(entry);
  if (!address || isUnicast(address)) return judgeAddress(entry);
  return { code: 'LL-CFG-042', message: `${show(entry)} is not the address of a box` };
}

function judgeListen(entry: string): Judgement {
  if (parseListenAddress(entry)) return null;
  const hint = 'such as 127.0.0.1:9417, [::1]:9417, or :9417 for every address';
  return { code: 'LL-CFG-045', message: `${show(entry)} is not an address and a port`, hint };
}

function judgePattern(entry: string): Judgement {
  const fault = patternFault(entry);
  if (fault === null) return null;
  return {
    code: 'LL-CFG-020',
    message: `${show(entry)} is not a regular expression of Go: ${fault}`,
    hint: patternHint(entry),
  };
}

function probe(conversion: Conversion, spec: NodeConfigSpec): { probe?: boolean } {
  const value = spec.conflict?.probe;
  return value === null || value === undefined
    ? {}
    : { probe: readBoolean(conversion, ['spec', 'conflict', 'probe'], value) };
}

function preempt(conversion: Conversion, spec: NodeConfigSpec): { preempt?: boolean } {
  const value = spec.election?.vrrp?.preempt;
  const path = ['spec', 'election', 'vrrp', 'preempt'];
  return value === null || value === undefined ? {} : { preempt: readBoolean(conversion, path, value) };
}

function watch(conversion: Conversion, spec: NodeConfigSpec): { watch?: boolean | 'plan' } {
  const value = spec.reload?.watch;
  if (value === null || value === undefined) return {};
  if (value === 'plan') return { watch: 'plan' };
  return { watch: readBoolean(conversion, ['spec', 'reload', 'watch'], value) };
}
