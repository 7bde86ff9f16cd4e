// What goes over the control sockets: paths, and the JSON of every answer. Fields are only ever added.

import type {
  AnnouncementItem,
  EventItem,
  GenerationItem,
  HistoryItem,
  InterfaceItem,
  IpItem,
  LeaderItem,
  NodeItem,
  PolicyItem,
  PoolItem,
  ProblemItem,
  ServiceItem,
} from './list-items.ts';
import type { DiskState, PeerCounts } from './status-parts.ts';

export const apiVersion = 'lanlord.dev/v1';

/** What can be listed, with the `kind` of its list. */
export const listKinds = {
  pools: 'PoolList',
  ips: 'IPList',
  services: 'ServiceList',
  leaders: 'LeaderList',
  announcements: 'AnnouncementList',
  policies: 'PolicyList',
  nodes: 'NodeList',
  interfaces: 'InterfaceList',
  problems: 'ProblemList',
  events: 'EventList',
  history: 'HistoryList',
  generations: 'GenerationList',
} as const;

export type Kind = keyof typeof listKinds;

export function isKind(text: string): text is Kind {
  return Object.hasOwn(listKinds, text);
}

/** Paths of the API. The first part is its version: an incompatible one gets a new number, the old one stays for a release. */
export const paths = {
  status: '/v1/status',
  /** `?kind=pools`, with `&name=…` for one item and `&sinceMs=…` for events and history. */
  list: '/v1/list',
  /** `?object=svc/ns/name`. */
  explain: '/v1/explain',
  /** `?address=192.0.2.1`, and `&probe=1` to ask the wire, too. */
  whoHas: '/v1/who-has',
  /** The settings that run; see config-answer.ts. */
  config: '/v1/config',
  /** Prometheus text. */
  metrics: '/metrics',
  /** What `plan` starts from; see plan-state.ts. */
  state: '/v1/state',
  /** POST, on the admin socket. */
  reload: '/v1/reload',
} as const;

/** Longest request body; none of the requests needs one at all. */
export const maxBodyBytes = 64 * 1024;

interface Single<K extends string> {
  readonly apiVersion: typeof apiVersion;
  readonly kind: K;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly node: string;
}

export interface List<K extends Kind> extends Single<(typeof listKinds)[K]> {
  readonly items: readonly Items[K][];
}

export interface Items {
  readonly pools: PoolItem;
  readonly ips: IpItem;
  readonly services: ServiceItem;
  readonly leaders: LeaderItem;
  readonly announcements: AnnouncementItem;
  readonly policies: PolicyItem;
  readonly nodes: NodeItem;
  readonly interfaces: InterfaceItem;
  readonly problems: ProblemItem;
  readonly events: EventItem;
  readonly history: HistoryItem;
  readonly generations: GenerationItem;
}

export interface StatusAnswer extends Single<'Status'> {
  readonly state: 'ok' | 'degraded' | 'critical';
  readonly generation: number;
  readonly configValid: boolean;
  readonly disk?: DiskState;
  readonly vips: {
    readonly total: number;
    readonly here: number;
    readonly peers: number;
    readonly claiming: number;
    readonly nobody: number;
  };
  readonly problems: readonly ProblemItem[];
  readonly peers: PeerCounts;
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly loadedAt: string;
  readonly paths: readonly string[];
  /** Where `reload` and other acting requests go. */
  readonly adminSocket: string;
  readonly interfaces: readonly InterfaceItem[];
  readonly pools: readonly { readonly name: string; readonly total: string; readonly used: string }[];
}

export interface ExplainStep {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skipped';
  /** `LL-<AREA>-nnn`. */
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly fix: readonly string[];
}

export interface ExplainAnswer extends Single<'Explain'> {
  readonly object: string;
  readonly ok: boolean;
  readonly steps: readonly ExplainStep[];
}

export interface Responder {
  readonly node: string | null;
  readonly mac: string;
  readonly interface: string;
  readonly kind: 'self' | 'peer' | 'stranger';
  readonly source: 'table' | 'wire';
  readonly rttSeconds: number | null;
  readonly since: string | null;
  /** Answers given by this node, or claims heard of another host. */
  readonly count: number;
  /** When another host was first and last heard; null for this node. */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** What a virtual MAC says about itself; null for any other. */
  readonly protocol: string | null;
}

export interface WhoHasAnswer extends Single<'WhoHas'> {
  readonly ip: string;
  readonly probed: boolean;
  /** Who leads it as far as this node knows: not necessarily who answers. Null: nobody is known to. */
  readonly leader: string | null;
  readonly responders: readonly Responder[];
  readonly services: readonly string[];
  readonly pool: string | null;
  readonly policies: readonly string[];
}

export interface ReloadProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface ReloadAnswer extends Single<'Reload'> {
  readonly generation: number;
  readonly applied: boolean;
  readonly problems: readonly ReloadProblem[];
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly moved: number;
  readonly message: string;
}

/** One object that a plan adds, changes or removes. */
export interface PlanObject {
  readonly change: 'added' | 'changed' | 'removed';
  readonly kind: string;
  /** `namespace/name` where there are namespaces. */
  readonly name: string;
  /** Place in the candidate; of a removed object, where it was. */
  readonly file: string | null;
  readonly line: number | null;
  /** What it does, in a few words; may be empty. */
  readonly effect: string;
  /** Of a changed object; values as JSON text, null: absent. */
  readonly fields: readonly { readonly path: string; readonly from: string | null; readonly to: string | null }[];
}

export interface PlanAnswer extends Single<'Plan'> {
  /** False: the daemon would refuse this configuration as a whole, see `problems`. */
  readonly applicable: boolean;
  /** The generation that runs. */
  readonly generation: number;
  readonly paths: readonly string[];
  readonly changes: readonly {
    readonly ip: string;
    readonly service: string;
    /** Who answers before, null for nobody; with `ip-change` the address before. */
    readonly from: string | null;
    readonly to: string | null;
    readonly impact: 'outage' | 'ip-change' | 'new' | 'none';
    readonly message: string;
  }[];
  /** Addresses that no change concerns. */
  readonly unchanged: number;
  readonly objects: readonly PlanObject[];
  /** Services that would lack an address and lack none now. */
  readonly pending: readonly { readonly service: string; readonly message: string }[];
  readonly problems: readonly ReloadProblem[];
}

/** Why a request was refused. */
export interface ErrorAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'Error';
  readonly code: 'bad_request' | 'not_found' | 'ambiguous' | 'not_allowed' | 'busy' | 'refused' | 'internal';
  readonly message: string;
}

let lastTime = { ms: 0, text: new Date(0).toISOString() };

/** RFC 3339 in UTC of milliseconds since 1970. Rows that began together are many: the last text is kept. */
export function timestamp(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

/** The admin socket that belongs to a socket when nothing else is configured: `admin.sock`, or `x-admin.sock` for `x.sock`. */
export function adminSocketBeside(socket: string): string {
  const slash = socket.lastIndexOf('/') + 1;
  const name = socket.slice(slash);
  return (
    socket.slice(0, slash) + (name === 'lanlord.sock' ? 'admin.sock' : `${name.replace(/\.sock$/, '')}-admin.sock`)
  );
}
