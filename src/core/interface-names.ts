// Names of the interfaces of this box, for messages about one that it does not have.
import type { Interface } from '#model/resources.ts';

/** BOUNDED: a box with containers has hundreds; a message names so many. */
const mostNamed = 8;

/** `eth0, eth1 and 3 more`; `lo` is never used. */
export function interfaceNames(interfaces: readonly Pick<Interface, 'name'>[]): string {
  const names = interfaces.map(({ name }) => name).filter((name) => name !== 'lo');
  if (names.length === 0) return 'no interface but lo';
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}
