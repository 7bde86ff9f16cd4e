// The world as a frame sees it, and what of it the frame looked at: a change of anything else is no reason for a new one.
import type { Kind } from '#control/protocol.ts';
import type { Model } from '../state/model.ts';
import type { World } from '../state/world.ts';

export class SeenWorld {
  readonly #model: Model;
  readonly #fields = new Set<keyof World>();
  readonly #kinds = new Set<Kind>();
  /** What a frame is composed from. */
  readonly model: Model;

  constructor(model: Model) {
    this.#model = model;
    const lists = new Proxy(model.world.lists, {
      get: (all, kind: Kind) => {
        this.#kinds.add(kind);
        return all[kind];
      },
    });
    const world = new Proxy(model.world, {
      get: (all, field: keyof World) => {
        if (field === 'lists') return lists;
        this.#fields.add(field);
        return all[field];
      },
    });
    this.model = { ...model, world };
  }

  /** Whether a frame of this model would say the same, but for the time. */
  isSameFor(model: Model): boolean {
    const before = this.#model;
    if (model.ui !== before.ui || model.connection !== before.connection) return false;
    const { world } = model;
    const hasField = (field: keyof World) => world[field] === before.world[field];
    const hasList = (kind: Kind) => world.lists[kind] === before.world.lists[kind];
    return [...this.#fields].every(hasField) && [...this.#kinds].every(hasList);
  }
}
