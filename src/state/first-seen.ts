// When this installation first saw each object that carries no creation time of its own.
import type { DatabaseSync } from 'node:sqlite';

export class FirstSeen {
  /** BOUNDED: by `retain`, to the objects of the last load. */
  readonly #times: Map<string, number>;
  readonly #added = new Set<string>();
  readonly #gone = new Set<string>();
  /** True when the table does not hold what this one does. */
  #rewriting = false;

  constructor(db: DatabaseSync | null) {
    this.#times = db ? read(db) : new Map();
  }

  /** Gives the times of these objects; new ones get `nowMs`. */
  update(objects: readonly string[], nowMs: number): ReadonlyMap<string, number> {
    const times = new Map<string, number>();
    for (const object of objects) {
      const known = this.#times.get(object);
      times.set(object, known ?? nowMs);
      if (known !== undefined) continue;
      this.#times.set(object, nowMs);
      this.#added.add(object);
      this.#gone.delete(object);
    }
    return times;
  }

  /** Forgets all objects but these. */
  retain(objects: ReadonlySet<string>): void {
    for (const object of this.#times.keys()) {
      if (objects.has(object)) continue;
      this.#times.delete(object);
      this.#added.delete(object);
      this.#gone.add(object);
    }
  }

  isDirty(): boolean {
    return this.#rewriting || this.#added.size > 0 || this.#gone.size > 0;
  }

  /** The table has to be written anew: it is another one. */
  rewrite(): void {
    this.#rewriting = true;
  }

  /** Writes what changed, inside of the caller's transaction; what it returns is called after the commit. */
  write(db: DatabaseSync): () => void {
    const put = db.prepare('INSERT OR REPLACE INTO seen (object, first_ms) VALUES (?, ?)');
    if (this.#rewriting) {
      db.exec('DELETE FROM seen');
      for (const [object, firstMs] of this.#times) put.run(object, firstMs);
    } else {
      const drop = db.prepare('DELETE FROM seen WHERE object = ?');
      for (const object of this.#gone) drop.run(object);
      for (const object of this.#added) put.run(object, this.#times.get(object) ?? 0);
    }
    return () => {
      this.#rewriting = false;
      this.#added.clear();
      this.#gone.clear();
    };
  }
}

function read(db: DatabaseSync): Map<string, number> {
  const times = new Map<string, number>();
  try {
    for (const row of db.prepare('SELECT object, first_ms FROM seen').iterate()) {
      times.set(String(row['object']), Number(row['first_ms']));
    }
  } catch {
    // Ages are lost, which changes only the order of competing objects; the damage is reported with the records.
  }
  return times;
}
