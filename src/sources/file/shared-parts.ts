// Parts that many objects have alike are held once: of 50,000 services, most have the same ports, labels and status.
import type { Service } from '#model/resources.ts';
import type { ManifestObject } from './manifest-object.ts';

/** BOUNDED: different parts and texts that are remembered during one load; further ones stay as they are. */
const mostRemembered = 4096;
/** Longer parts are seldom alike, and comparing them costs more than it saves. */
const longestPart = 512;

const nothing: readonly never[] = Object.freeze([]);
const noLabels: Readonly<Record<string, never>> = Object.freeze({});

/** For the objects of one load. */
export class SharedParts {
  readonly #parts = new Map<string, object>();
  readonly #texts = new Map<string, string>();

  /** Puts shared parts in the place of equal ones. In place: nobody else has the object yet. */
  take(object: ManifestObject): void {
    const { position } = object;
    Object.assign(position, { file: this.#text(position.file) });
    if (object.kind !== 'Service') return;
    const service: Service = object.resource;
    const { labels, annotations, selector, ports, externalIPs, ipFamilies, status, namespace, type } = service;
    Object.assign(object.resource, {
      labels: this.#part(labels),
      annotations: this.#part(annotations),
      selector: this.#part(selector),
      ports: this.#part(ports),
      externalIPs: this.#part(externalIPs),
      ipFamilies: this.#part(ipFamilies),
      status: this.#part(status),
      namespace: this.#text(namespace),
      type: this.#text(type),
    });
    Object.assign(object, { namespace: service.namespace, name: service.name });
  }

  #part<T extends object>(part: T): T | readonly never[] | Readonly<Record<string, never>> {
    if (Array.isArray(part) ? part.length === 0 : Object.keys(part).length === 0) {
      return Array.isArray(part) ? nothing : noLabels;
    }
    const text = JSON.stringify(part);
    if (text.length > longestPart) return part;
    const known = this.#parts.get(text);
    // The text of a part says everything about it, so what was remembered under it has its type.
    if (known) return known as T;
    if (this.#parts.size < mostRemembered) this.#parts.set(text, part);
    return part;
  }

  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < mostRemembered) this.#texts.set(text, text);
    return text;
  }
}
