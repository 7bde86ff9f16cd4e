// The format of a conformance case (test/conformance/cases/README.md).
import { parse } from 'yaml';

export interface ConditionExpectation {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly messageIncludes?: string;
}

export interface ServiceExpectation {
  readonly ingress?: readonly string[];
  readonly ingressOrder?: readonly string[];
  readonly ingressCount?: number;
  readonly within?: readonly string[];
  readonly hostnames?: readonly string[];
  readonly condition?: ConditionExpectation | 'absent';
  readonly conditionCount?: number;
  readonly otherConditions?: readonly string[];
  readonly untouched?: true;
}

export interface PoolExpectation {
  readonly total?: string;
  readonly used?: string;
  readonly available?: string;
  readonly conflict?: string | ConditionExpectation;
  readonly valid?: string | ConditionExpectation;
}

export interface PolicyExpectation {
  readonly matchesNode?: boolean;
  readonly services?: number;
  readonly condition?: ConditionExpectation | 'absent';
}

export interface RowExpectation {
  readonly ip: string;
  readonly interface: string;
  readonly services: readonly string[];
}

export interface Expectation {
  readonly services?: Readonly<Record<string, ServiceExpectation>>;
  readonly pools?: Readonly<Record<string, PoolExpectation>>;
  readonly policies?: Readonly<Record<string, PolicyExpectation>>;
  readonly same?: readonly (readonly string[])[];
  readonly distinct?: readonly (readonly string[])[];
  readonly unchanged?: readonly string[];
  readonly announcements?: readonly RowExpectation[];
  readonly warnings?: readonly string[];
  readonly gauges?: Readonly<Record<string, number>>;
}

export type Leader = 'all' | 'none' | readonly string[];

export interface Step {
  readonly apply?: string;
  readonly delete?: readonly string[];
  readonly stop?: true;
  readonly restart?: true;
  readonly setNodeLabels?: Readonly<Record<string, string>>;
  readonly setInterfaces?: readonly string[];
  readonly setLeader?: Leader;
  readonly expect?: Expectation;
}

export interface CaseFile {
  readonly name: string;
  readonly gist: string;
  readonly kind: 'parity' | 'better';
  readonly cluster?: {
    readonly ipv4?: boolean;
    readonly ipv6?: boolean;
    readonly defaultLBServiceIPAM?: 'lbipam' | 'nodeipam' | 'none';
    readonly l2Announcements?: boolean;
    readonly bgpControlPlane?: boolean;
  };
  readonly node?: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly interfaces: readonly string[];
  };
  readonly leader?: Leader;
  readonly steps: readonly Step[];
}

const stepKinds: ReadonlySet<string> = new Set([
  'apply',
  'delete',
  'stop',
  'restart',
  'setNodeLabels',
  'setInterfaces',
  'setLeader',
  'expect',
]);

/** Reads one case. Throws when the file is none: a case that is not understood must not count as passed. */
export function readCase(text: string): CaseFile {
  const file = parse(text) as CaseFile;
  if (typeof file?.name !== 'string' || !Array.isArray(file.steps)) throw new Error('not a case file');
  for (const step of file.steps) {
    const keys = Object.keys(step);
    const [key] = keys;
    if (keys.length !== 1 || !key || !stepKinds.has(key)) throw new Error(`unknown step ${keys.join(', ')}`);
  }
  return file;
}
