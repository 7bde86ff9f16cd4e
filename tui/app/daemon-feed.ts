// Keeps up with the daemon: its stream of changes as worlds, and what is wrong when it cannot be reached.
import type { ClientFailure } from '#control/client.ts';
import { apiVersion, type Kind, type StatusAnswer } from '#control/protocol.ts';
import { followStream } from '#control/stream-client.ts';
import type { StreamKind, StreamLine } from '#control/stream-protocol.ts';
import { StreamReplica } from '#control/stream-replica.ts';
import type { Connection, Loss } from '../state/connection.ts';
import { nextRates } from '../state/rates.ts';
import { emptyWorld, type Lists, type World } from '../state/world.ts';

export interface DaemonFeedOptions {
  readonly socket: string;
  readonly onWorld: (world: World) => void;
  readonly onConnection: (connection: Connection) => void;
  readonly nowMs: () => number;
  /** The end of the daemon's log, where it is known; else nothing. */
  readonly lastWords: () => readonly string[];
}

const followed: readonly StreamKind[] = [
  'status',
  'problems',
  'leaders',
  'pools',
  'ips',
  'services',
  'policies',
  'nodes',
  'interfaces',
  'events',
  'history',
];

/** Waits between attempts: short at first, for a restart; then rare. */
const firstWaitMs = 500;
const longestWaitMs = 5000;
const connectTimeoutMs = 3000;

export class DaemonFeed {
  readonly #options: DaemonFeedOptions;
  readonly #stop = new AbortController();
  #world: World = emptyWorld;
  #heardMs: number | null = null;
  #waitMs = firstWaitMs;
  #wake: () => void = () => {};

  constructor(options: DaemonFeedOptions) {
    this.#options = options;
  }

  /** Follows the daemon until `close`, connecting again whenever it was lost. */
  async run(): Promise<void> {
    let lostSinceMs: number | null = null;
    while (!this.#stop.signal.aborted) {
      const loss = await this.#follow(() => {
        lostSinceMs = null;
      });
      if (this.#stop.signal.aborted) return;
      const now = this.#options.nowMs();
      lostSinceMs ??= now;
      this.#options.onConnection({
        state: 'lost',
        loss: { ...loss, log: this.#options.lastWords() },
        sinceMs: lostSinceMs,
        heardMs: this.#heardMs,
        retryAtMs: now + this.#waitMs,
      });
      await this.#pause(this.#waitMs);
      this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    }
  }

  /** Tries now instead of at the end of the wait. */
  retry(): void {
    this.#waitMs = firstWaitMs;
    this.#wake();
  }

  close(): void {
    this.#stop.abort();
    this.#wake();
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One connection, until it ends. @returns why. */
  async #follow(onLive: () => void): Promise<Omit<Loss, 'log'>> {
    const { socket } = this.#options;
    const { signal } = this.#stop;
    const replica = new StreamReplica();
    const stream = followStream({ socket, kinds: followed, timeoutMs: connectTimeoutMs, signal });
    for (;;) {
      const { done, value } = await stream.next();
      if (done) return value ? lossOf(value) : { cause: 'ended', message: 'the interface was closed' };
      if (value.type === 'HELLO' && value.apiVersion !== apiVersion) return otherVersion(value.version);
      const wasWhole = replica.isWhole;
      this.#take(replica, value);
      if (!wasWhole && replica.isWhole) {
        this.#waitMs = firstWaitMs;
        onLive();
        this.#options.onConnection({ state: 'live' });
      }
    }
  }

  #take(replica: StreamReplica, line: StreamLine): void {
    this.#heardMs = this.#options.nowMs();
    replica.apply(line);
    if (line.type !== 'SYNCED' && line.type !== 'HEARTBEAT') return;
    const next = nextWorld(this.#world, replica, Date.parse(line.time));
    if (next === this.#world) return;
    this.#world = next;
    this.#options.onWorld(next);
  }
}

/** The world with what changed; the same object when nothing did. */
export function nextWorld(world: World, replica: StreamReplica, atMs: number): World {
  const changed = replica.takeChanged();
  const [status = null] = replica.rows('status').values() as Iterable<StatusAnswer>;
  const lists: Record<string, readonly unknown[]> = { ...world.lists };
  for (const kind of changed) if (kind !== 'status') lists[kind] = [...replica.rows(kind as Kind).values()];
  const rates = nextRates(world.rates, lists['interfaces'] as Lists['interfaces'], atMs);
  if (changed.size === 0 && rates === world.rates) return world;
  return { ...world, status, lists: lists as unknown as Lists, rates, atMs };
}

function otherVersion(version: string): Omit<Loss, 'log'> {
  return {
    cause: 'version',
    message: `The daemon is lanlord ${version} and speaks another version of the protocol than this program (${apiVersion})`,
  };
}

function lossOf(failure: ClientFailure): Omit<Loss, 'log'> {
  const { message } = failure;
  switch (failure.code) {
    case 'unreachable':
      return { cause: failure.cause ?? 'other', message };
    case 'denied':
      return { cause: 'denied', message };
    case 'timeout':
      return { cause: 'timeout', message };
    case 'refused':
      return failure.reason === 'not_found'
        ? { cause: 'version', message: 'The daemon is of another version: it has no stream of changes' }
        : { cause: 'other', message };
  }
}
