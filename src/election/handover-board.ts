// Orders, asks and answers between boxes: repeated in some hellos, because one may be lost, and told once.
import type { Handover, HandoverAsk } from '#model/peers.ts';
import type { Handovers } from '#ports/election.ts';
import type { Sender } from '#wire/datagram.ts';
import type { Hello } from '#wire/hello.ts';

type Listener = Parameters<Handovers['watch']>[0];
type Answer = Parameters<Handovers['answer']>[1];
type Said = Pick<Hello, 'orders' | 'asks' | 'answers'>;

/** How long one is said. Whoever has not acted by then does not any more. */
const saidMs = 1500;
/** A leader that gives waits for a second: an order that is acted on later would make two leaders of one. */
const orderSaidMs = 700;
const freshMs = 300;
/** BOUNDED: numbers that were heard, per start of a box. */
const mostHeard = 256;

interface Entry {
  readonly interface: string;
  readonly untilMs: number;
  readonly said: Partial<Said>;
}

export class HandoverBoard {
  #serial = 0;
  #entries: readonly Entry[] = [];
  /** `instance kind serial` of what was told. */
  readonly #heard = new Set<string>();
  #listener: Listener | null = null;

  watch(listener: Listener): void {
    this.#listener = listener;
  }

  order({ interface: name, group }: Handover, to: string, provisionalMs: number, nowMs: number): void {
    this.#add(name, nowMs + orderSaidMs, { orders: [{ serial: ++this.#serial, group, to, provisionalMs }] });
  }

  ask({ interface: name, group }: Handover, to: string | null, nowMs: number): number {
    const serial = ++this.#serial;
    this.#add(name, nowMs + saidMs, { asks: [{ serial, group, to }] });
    return serial;
  }

  answer({ interface: name, from, serial }: HandoverAsk, { isDone, text }: Answer, nowMs: number): void {
    this.#add(name, nowMs + saidMs, { answers: [{ to: from, serial, isDone, text }] });
  }

  /** What is to be said on an interface now. */
  said(name: string, nowMs: number): Said {
    this.#entries = this.#entries.filter(({ untilMs }) => untilMs > nowMs);
    const here = this.#entries.filter((entry) => entry.interface === name).map(({ said }) => said);
    return {
      orders: here.flatMap(({ orders = [] }) => orders),
      asks: here.flatMap(({ asks = [] }) => asks),
      answers: here.flatMap(({ answers = [] }) => answers),
    };
  }

  /** Whether something is being said: then hellos come more often. */
  isBusy(nowMs: number): boolean {
    return this.#entries.some(({ untilMs }) => untilMs > nowMs);
  }

  /** `self`: name of this box; `name`: its interface. `waitedMs`: how long the hello may have lain about unread. */
  hear({ node: from, instance }: Sender, name: string, self: string, hello: Said, waitedMs: number): void {
    const isNew = (kind: string, serial: number) => this.#isNew(`${instance} ${kind} ${serial}`);
    for (const { serial, group, to, provisionalMs } of waitedMs <= freshMs ? hello.orders : []) {
      if (to === self && isNew('order', serial))
        this.#listener?.onOrder({ from, interface: name, group, provisionalMs });
    }
    for (const { serial, group, to } of hello.asks) {
      if (isNew('ask', serial)) this.#listener?.onAsk({ from, interface: name, group, to, serial });
    }
    for (const { serial, to, isDone, text } of hello.answers) {
      if (to === self && isNew('answer', serial)) this.#listener?.onAnswer({ from, serial, isDone, text });
    }
  }

  #add(name: string, untilMs: number, said: Partial<Said>): void {
    this.#entries = [...this.#entries, { interface: name, untilMs, said }];
  }

  #isNew(key: string): boolean {
    if (this.#heard.has(key)) return false;
    this.#heard.add(key);
    if (this.#heard.size > mostHeard)
      for (const oldest of this.#heard) {
        this.#heard.delete(oldest);
        break;
      }
    return true;
  }
}
