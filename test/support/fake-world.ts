// Source, links, sink, delivery and log that tests drive and look into.

import { formatAddress } from '#model/address.ts';
import type { ClaimSight } from '#model/claims.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { Inputs, Interface } from '#model/resources.ts';
import type { Announcement } from '#model/snapshot.ts';
import type {
  AnnouncementSink,
  CaptureReport,
  Delivery,
  LinkObserver,
  LoadResult,
  Log,
  LogLevel,
  Source,
} from '#ports.ts';
import { inputs, nodeConfig } from './objects.ts';

export function loaded(text: string, more: Partial<Inputs> = {}, config: Partial<NodeConfig> = {}): LoadResult {
  return {
    ok: true,
    inputs: inputs(more),
    config: { ...nodeConfig(), ...config },
    problems: [],
    documents: [{ file: '/etc/lanlord/a.yaml', text }],
    skipped: [],
  };
}

export function configProblem(message: string, more: Partial<ConfigProblem> = {}): ConfigProblem {
  const place = { file: '/etc/lanlord/a.yaml', line: 3, column: 5, path: 'spec', hint: 'fix it' };
  return { code: 'LL-CFG-001', severity: 'error', scope: 'document', message, ...place, ...more };
}

export function refused(message: string, vanished = false): LoadResult {
  return { ok: false, problems: [configProblem(message)], vanished };
}

export class FakeSource implements Source {
  result: LoadResult;
  loads = 0;
  closed = false;
  /** While set, loads wait for it. */
  gate: Promise<void> | null = null;
  changed: () => void = () => {};

  constructor(result: LoadResult) {
    this.result = result;
  }

  async load(): Promise<LoadResult> {
    this.loads++;
    if (this.gate) await this.gate;
    return this.result;
  }

  watch(onChange: () => void): void {
    this.changed = onChange;
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeLinks implements LinkObserver {
  list: readonly Interface[] = [];
  changed: () => void = () => {};
  closed = false;

  interfaces(): readonly Interface[] {
    return this.list;
  }

  watch(onChange: () => void): void {
    this.changed = onChange;
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeSink implements AnnouncementSink {
  /** Every set that was applied, as `ip`-less rows; the last one is what is announced. */
  readonly applied: { readonly announcements: readonly Announcement[]; readonly selected: readonly string[] }[] = [];
  captures = new Map<string, CaptureReport['capture']>();
  onApply: () => void = () => {};
  settle: Promise<void> = Promise.resolve();
  closed = false;

  apply(
    announcements: readonly Announcement[],
    _interfaces: readonly Interface[],
    _settings: NodeConfig,
    selected: readonly string[],
  ): void {
    this.onApply();
    this.applied.push({ announcements, selected });
  }

  claims(): readonly ClaimSight[] {
    const rows = Map.groupBy(this.applied.at(-1)?.announcements ?? [], (row) => row.interface);
    return [...rows].map(([name, all]) => ({
      interface: name,
      live: all.map(({ address }) => formatAddress(address)),
      concluded: [],
      claimants: [],
    }));
  }

  settled(): Promise<void> {
    return this.settle;
  }

  report(): readonly CaptureReport[] {
    const selected = this.applied.at(-1)?.selected ?? [];
    return selected.map((name) => {
      const counts = { requests: 0, answers: 0, drops: {}, announced: 0, kernelDrops: 0 };
      return {
        interface: name,
        capture: this.captures.get(name) ?? 'open',
        detail: 'fake',
        mac: '',
        ...counts,
        rows: [],
      };
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

export class FakeDelivery implements Delivery {
  wanted: readonly string[] = [];
  faults: readonly string[] = [];
  restored = false;

  apply(addresses: readonly string[]): readonly string[] {
    this.wanted = addresses;
    return this.faults;
  }

  delivered(): ReadonlySet<string> {
    return new Set(this.wanted);
  }

  restore(): void {
    this.restored = true;
  }
}

export class FakeLog implements Log {
  readonly lines: { readonly level: LogLevel; readonly message: string; readonly kind: unknown }[] = [];

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level, message, kind: fields['kind'] });
  }
}
