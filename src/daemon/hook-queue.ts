// Calls the hook for what happened: per address in order, several addresses at a time, never waiting for it.
import { hookCall } from '#core/hook-call.ts';
import type { HookEvent } from '#model/hook-event.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { RunHook } from '#ports/hooks.ts';
import type { Log } from '#ports.ts';

/** Programs that run at a time: a thousand addresses that move are not a thousand processes. */
const mostAtATime = 4;
/** BOUNDED: calls that wait. Beyond, a hook that cannot keep up loses the oldest, and that is logged. */
const mostWaiting = 10_000;

interface Waiting {
  readonly event: HookEvent;
  readonly key: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

export class HookQueue {
  readonly #run: RunHook;
  readonly #log: Log;
  #settings: NodeConfig['hooks'] = { onChange: '', timeoutMs: 0, arguments: 'json' };
  #waiting: Waiting[] = [];
  /** Keys of the calls that run. */
  readonly #running = new Set<string>();
  #dropped = 0;
  /** Whoever waits for the end. */
  readonly #idle: (() => void)[] = [];

  constructor(run: RunHook, log: Log) {
    this.#run = run;
    this.#log = log;
  }

  configure(settings: NodeConfig['hooks']): void {
    this.#settings = settings;
    // Nothing is left to call for what still waits.
    if (settings.onChange === '') this.#waiting = [];
  }

  add(events: readonly HookEvent[]): void {
    if (this.#settings.onChange === '') return;
    for (const event of events) {
      const call = hookCall(event, this.#settings.arguments);
      if (call) this.#waiting.push({ event, ...call });
    }
    const surplus = this.#waiting.length - mostWaiting;
    if (surplus > 0) {
      this.#waiting.splice(0, surplus);
      this.#dropped += surplus;
    }
    this.#next();
  }

  /** Resolves when nothing waits or runs any more, or the time is over. */
  settled(timeoutMs: number): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #next(): void {
    while (this.#running.size < mostAtATime) {
      const at = this.#waiting.findIndex(({ key }) => !this.#running.has(key));
      const [call] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (!call) return;
      void this.#call(call);
    }
  }

  async #call({ event, key, args, stdin }: Waiting): Promise<void> {
    const { onChange: program, timeoutMs } = this.#settings;
    this.#running.add(key);
    const fault = await this.#run({ program, args, stdin, timeoutMs });
    this.#running.delete(key);
    const fields = { hook: program, event: event.event, ip: event.ip };
    if (fault !== null)
      this.#log.write('warn', `Hook "${program}" for ${event.event} of ${event.ip}: ${fault}`, fields);
    if (this.#dropped > 0) {
      this.#log.write('warn', `Hook "${program}" cannot keep up: ${this.#dropped} calls were left out`, fields);
      this.#dropped = 0;
    }
    this.#next();
    if (this.#running.size === 0) for (const idle of this.#idle.splice(0)) idle();
  }
}
