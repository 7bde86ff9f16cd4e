// Where somebody is in the interface: a screen, and perhaps a page opened from it.

export const screens = ['overview', 'pools', 'services', 'leaders', 'traffic', 'policies', 'events'] as const;

export type Screen = (typeof screens)[number];

export function isScreen(name: string): name is Screen {
  return (screens as readonly string[]).includes(name);
}

export type Page =
  | { readonly kind: 'ip'; readonly ip: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'pool'; readonly name: string }
  | { readonly kind: 'policy'; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'event'; readonly key: string }
  /** One that is about nothing that has a page. */
  | { readonly kind: 'problem'; readonly key: string };

export interface Place {
  readonly screen: Screen;
  readonly page: Page | null;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.screen === b.screen && JSON.stringify(a.page) === JSON.stringify(b.page);
}

/** How many places back and forward lead. */
export const keptPlaces = 50;
