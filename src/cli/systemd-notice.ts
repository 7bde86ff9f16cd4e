// What a service manager is told, by sd_notify(3), and whoever reads standard error.
import type { Output } from './output.ts';

export interface ReadyFacts {
  readonly node: string;
  readonly generation: number;
  /** Interfaces that are captured on. */
  readonly open: readonly string[];
}

export class SystemdNotice {
  readonly #notify: (text: string) => void;
  readonly #output: Output;
  #watchdog: ReturnType<typeof setInterval> | null = null;

  constructor(notify: (text: string) => void, output: Output) {
    this.#notify = notify;
    this.#output = output;
  }

  ready({ node, generation, open }: ReadyFacts): void {
    this.#output.note(`lanlord ready node=${node} generation=${generation} links=${open.join(',')}`);
    this.#notify(`READY=1\nSTATUS=generation ${generation}, ${open.length} links`);
  }

  /** `timeoutMs`: after this long without a word the manager restarts us; null: it does not watch. */
  keepAlive(timeoutMs: number | null): void {
    if (timeoutMs !== null) this.#watchdog = setInterval(() => this.#notify('WATCHDOG=1'), timeoutMs / 2);
  }

  /** `monotonicMs`: Type=notify-reload wants the time of the reload's start. */
  async reload(monotonicMs: number, reload: () => Promise<{ readonly message: string }>): Promise<void> {
    this.#notify(`RELOADING=1\nMONOTONIC_USEC=${Math.round(monotonicMs * 1000)}`);
    const { message } = await reload();
    this.#notify(`READY=1\nSTATUS=${message}`);
  }

  stopping(): void {
    this.#notify('STOPPING=1');
    if (this.#watchdog) clearInterval(this.#watchdog);
  }
}
