// Where in the files a problem comes from, before its message: `path:line:column: …`, as compilers and `check` say it.
import type { ConfigProblem, RunningProblem } from '#model/problem.ts';
import { type Inputs, type Position, placeText, serviceKey } from '#model/resources.ts';
import type { Placed } from './explain-step.ts';

export interface ManifestPlaces {
  readonly inputs: Inputs;
  /** What was found wrong when the files were read. */
  readonly configProblems: readonly ConfigProblem[];
  /** Where settings of the node are said, by path. */
  readonly settingPlaces: ReadonlyMap<string, Position>;
}

/** Codes about what a manifest says; the others are about the world. */
const codesOfManifests: ReadonlySet<string> = new Set(['INVALID', 'OVERLAP', 'NOTE']);

/** Codes about one setting of the node. */
const settings: Readonly<Record<string, string>> = { ELECTION: 'election.mode', FULL: 'limits.addresses' };

/** The same problems; messages of those that a file makes begin with the place. */
export function withPlaces(problems: readonly RunningProblem[], places: ManifestPlaces): readonly RunningProblem[] {
  const objects = new ObjectPlaces(places);
  return problems.map((problem) => {
    const setting = settings[problem.code];
    const place = setting === undefined ? objects.of(problem) : places.settingPlaces.get(setting);
    return place ? { ...problem, message: `${placeText(place)}: ${problem.message}` } : problem;
  });
}

class ObjectPlaces {
  readonly #places: ManifestPlaces;
  /** By object, such as `pool/blue`; made when the first problem asks. BOUNDED: the objects of the files. */
  #rules: ReadonlyMap<string, Placed> | null = null;
  /** Apart: there may be tens of thousands, and a problem of theirs is rare. */
  #services: ReadonlyMap<string, Placed> | null = null;

  constructor(places: ManifestPlaces) {
    this.#places = places;
  }

  of({ code, object }: RunningProblem): Position | undefined {
    if (!codesOfManifests.has(code)) return undefined;
    const placed = this.#find(object);
    return placed && (firstFault(placed, this.#places.configProblems) ?? placed.position);
  }

  #find(object: string): Placed | undefined {
    const { pools, policies, services } = this.#places.inputs;
    if (object.startsWith('svc/')) {
      this.#services ??= new Map(services.map((service) => [`svc/${serviceKey(service)}`, service]));
      return this.#services.get(object);
    }
    this.#rules ??= new Map<string, Placed>([
      ...pools.map((pool) => [`pool/${pool.name}`, pool] as const),
      ...policies.map((policy) => [`policy/${policy.name}`, policy] as const),
    ]);
    return this.#rules.get(object);
  }
}

/** The first thing that reading found wrong on the lines of the object; only where its fields have places. */
function firstFault({ position, fields }: Placed, found: readonly ConfigProblem[]): Position | undefined {
  if (!position || !fields) return undefined;
  let last = position.line;
  for (const { line } of fields.values()) last = Math.max(last, line);
  return found.find(({ file, line }) => file === position.file && line >= position.line && line <= last);
}
