// Asks for addresses over and over, so that each single question is known to be answered, by whom, or not at all.
import { type Asker, patienceMs } from './asker.ts';

/** How long the answers to the last questions may take on a busy machine. */
const lateMs = 3000;

export interface Question {
  readonly address: string;
  readonly atMs: number;
  /** MAC of whoever answered, each once. */
  readonly answers: Set<string>;
}

export class SteadyAsker {
  readonly #asker: Asker;
  readonly #addresses: readonly string[];
  readonly #everyMs: number;
  /** By the sender's address, which the answer repeats. BOUNDED: by the time that a test takes. */
  readonly #questions = new Map<string, Question>();
  #isAsking = true;
  readonly #loop: Promise<void>;

  /** Begins at once. Hosts need a prefix of 16 bits: every question comes from another address of 192.168.0.0/16. */
  constructor(asker: Asker, addresses: readonly string[], everyMs = 10) {
    this.#asker = asker;
    this.#addresses = addresses;
    this.#everyMs = everyMs;
    this.#loop = this.#ask();
  }

  /** Questions so far; the newest may still be answered. */
  get questions(): readonly Question[] {
    return [...this.#questions.values()];
  }

  /** Ends, and gives everything that was asked. */
  async stop(): Promise<readonly Question[]> {
    this.#isAsking = false;
    await this.#loop;
    // With the answer to the last one everything before has been dealt with; a second answerer follows at once.
    const end = performance.now() + lateMs;
    const isOver = () => this.questions.slice(-this.#addresses.length).every(({ answers }) => answers.size > 0);
    do {
      await this.#asker.listen(200);
      this.#take();
    } while (!isOver() && performance.now() < end);
    return this.questions;
  }

  /** Waits until the newest question that is answered is answered by this MAC alone; false when that does not come. */
  async isAnsweredBy(mac: string, milliseconds = patienceMs): Promise<boolean> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const newest = this.questions.findLast(({ answers }) => answers.size > 0)?.answers;
      if (newest?.size === 1 && newest.has(mac)) return true;
      if (performance.now() > end) return false;
      await Bun.sleep(this.#everyMs);
    }
  }

  async #ask(): Promise<void> {
    this.#asker.clear();
    while (this.#isAsking) {
      for (const address of this.#addresses) {
        const number = this.#questions.size;
        const sender = `192.168.${20 + (Math.floor(number / 250) % 200)}.${(number % 250) + 1}`;
        this.#questions.set(sender, { address, atMs: performance.now(), answers: new Set() });
        this.#asker.send(this.#asker.request(address, { sender }));
      }
      await this.#asker.listen(this.#everyMs);
      this.#take();
    }
  }

  #take(): void {
    for (const { operation, sender, target, senderMac } of this.#asker.heard) {
      const question = operation === 2 ? this.#questions.get(target) : undefined;
      if (question?.address === sender) question.answers.add(senderMac);
    }
    this.#asker.clear();
  }
}

/** Longest time for which an address was not answered, in milliseconds; 0: every question was. */
export function longestSilence(questions: readonly Question[]): number {
  let longest = 0;
  for (const own of Map.groupBy(questions, ({ address }) => address).values()) {
    let since: number | null = null;
    for (const { atMs, answers } of own) {
      if (answers.size > 0) since = null;
      else {
        since ??= atMs;
        longest = Math.max(longest, atMs - since + 1);
      }
    }
  }
  return longest;
}
