// Runs bench/prober.c beside the boxes: one process for one run, which keeps everything in memory until it is told to end.
import { type ChildProcess, spawn } from 'node:child_process';
import { compile } from '../bed.ts';

/** A probe, and who answered it: MAC → microseconds since 1970. */
export interface Probe {
  readonly us: number;
  /** After its plan, microseconds: what this machine cannot tell apart. */
  readonly lateUs: number;
  readonly answers: Map<string, number>;
}

export interface Advertisement {
  readonly us: number;
  readonly mac: string;
  readonly id: number;
  readonly priority: number;
}

/** Everything that was seen on the wire during one run. */
export interface Recording {
  /** In the order of their sending. */
  readonly probes: readonly Probe[];
  readonly announcements: readonly { readonly us: number; readonly mac: string }[];
  readonly advertisements: readonly Advertisement[];
}

export interface ProberPlace {
  readonly namespace: string;
  readonly interface: string;
  readonly address: string;
}

export class Prober {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #leader: (mac: string) => void = () => {};
  /** MAC of whoever answers first. */
  readonly leader: Promise<string>;

  /** Asks from `place` for `address` until it is stopped. */
  constructor(place: ProberPlace, address: string) {
    const program = compile('prober', []);
    const command = ['netns', 'exec', place.namespace, program, place.interface, address, place.address];
    const child = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    this.leader = new Promise((resolve) => {
      this.#leader = resolve;
    });
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data;
      const [, mac] = text.length < 100 ? (/^answered (\S+)$/m.exec(text) ?? []) : [];
      if (mac) this.#leader(mac);
    });
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve(text));
    });
  }

  async stop(): Promise<Recording> {
    this.#child.kill('SIGTERM');
    return readRecording(await this.#ended);
  }
}

/** As bench/prober.c prints it. */
export function readRecording(text: string): Recording {
  const probes = new Map<string, Probe>();
  const announcements: { us: number; mac: string }[] = [];
  const advertisements: Advertisement[] = [];
  for (const line of text.split('\n')) {
    const [kind, a = '', b = '', c = '', d = ''] = line.split(' ');
    if (kind === 's') probes.set(a, { us: Number(b), lateUs: Number(c), answers: new Map() });
    else if (kind === 'a') {
      const answers = probes.get(a)?.answers;
      if (answers && !answers.has(c)) answers.set(c, Number(b));
    } else if (kind === 'g') announcements.push({ us: Number(a), mac: b });
    else if (kind === 'v') advertisements.push({ us: Number(a), mac: b, id: Number(c), priority: Number(d) });
  }
  return { probes: [...probes.values()], announcements, advertisements };
}
