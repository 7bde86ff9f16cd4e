// A place in the traffic of all interfaces as text, for whoever reads on from there.

/** `EPOCH:NAME=SEQUENCE,…`; names as in URLs, because an interface may be called nearly anything. */
export class TrafficCursor {
  readonly #places = new Map<string, number>();
  #others = 0;

  /** A plain number counts for every interface. What is of another epoch, or no cursor at all, is the beginning. */
  constructor(epoch: string, text: string) {
    if (/^\d{1,15}$/.test(text)) {
      this.#others = Number(text);
      return;
    }
    const colon = text.indexOf(':');
    if (text.slice(0, colon) !== epoch) return;
    for (const place of text.slice(colon + 1).split(',')) {
      const found = /^([^=]+)=(\d{1,15})$/.exec(place);
      if (found) this.#places.set(found[1] ?? '', Number(found[2]));
    }
  }

  /** The last sequence number that was seen of this interface; 0: none. */
  of(name: string): number {
    return this.#places.get(encodeURIComponent(name)) ?? this.#others;
  }
}

/** `ends`: the last sequence number that was seen, by interface. */
export function cursorText(epoch: string, ends: ReadonlyMap<string, number>): string {
  return `${epoch}:${[...ends].map(([name, end]) => `${encodeURIComponent(name)}=${end}`).join(',')}`;
}
