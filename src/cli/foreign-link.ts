// Whether an interface of this namespace is the one that the daemon means by its name.
import { safeText } from '#model/safe-text.ts';

export interface LinkIdentity {
  readonly name: string;
  readonly mac: string;
  /** The kernel's; null: not told. */
  readonly index: number | null;
}

/**
 * Commands that open interfaces themselves may run in another network namespace than the daemon, where the same name is
 * another interface. Null: all are the daemon's; else what to tell. `pid`: of the daemon; `command`: the one to run there.
 */
export function foreignLink(
  wanted: readonly LinkIdentity[],
  present: readonly LinkIdentity[],
  pid: number | null,
  command = 'capture …',
): string | null {
  for (const link of wanted) {
    const here = present.find(({ name }) => name === link.name);
    const isSame = here && here.mac === link.mac && (link.index === null || here.index === link.index);
    if (isSame) continue;
    const found = here ? `the interface of that name here is ${identity(here)}` : 'there is none of that name here';
    const how = pid === null ? '' : `: sudo nsenter --target ${pid} --net lanlord ${command}`;
    return `the daemon captures on "${safeText(link.name)}", ${identity(link)}, and ${found} (run this in the network namespace of the daemon${how})`;
  }
  return null;
}

function identity({ mac, index }: LinkIdentity): string {
  return index === null ? `MAC ${mac}` : `MAC ${mac}, index ${index}`;
}
