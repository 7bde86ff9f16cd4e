// Which addresses this installation has claimed, and on which interfaces.

export class Claimed {
  #byAddress: ReadonlyMap<string, readonly string[]>;
  readonly #keys = new Set<string>();

  constructor(kept: ReadonlyMap<string, readonly string[]>) {
    this.#byAddress = kept;
    for (const [ip, names] of kept) for (const name of names) this.#keys.add(claimKey(ip, name));
  }

  /** `ip%interface` of all. */
  keys(): ReadonlySet<string> {
    return this.#keys;
  }

  /** For the state store: the same map as long as nothing changed. */
  memory(): ReadonlyMap<string, readonly string[]> {
    return this.#byAddress;
  }

  /** `claims`: address and interface. */
  add(claims: Iterable<readonly [ip: string, name: string]>): void {
    let next: Map<string, readonly string[]> | null = null;
    for (const [ip, name] of claims) {
      const key = claimKey(ip, name);
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      next ??= new Map(this.#byAddress);
      next.set(ip, [...(next.get(ip) ?? []), name].sort());
    }
    if (next) this.#byAddress = next;
  }

  /** Forgets these addresses: whoever has them next probes. */
  forget(isGone: (ip: string) => boolean): void {
    const gone = [...this.#byAddress].filter(([ip]) => isGone(ip));
    if (gone.length === 0) return;
    const next = new Map(this.#byAddress);
    for (const [ip, names] of gone) {
      next.delete(ip);
      for (const name of names) this.#keys.delete(claimKey(ip, name));
    }
    this.#byAddress = next;
  }
}

export function claimKey(ip: string, name: string): string {
  return `${ip}%${name}`;
}
