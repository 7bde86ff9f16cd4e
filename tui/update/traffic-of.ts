// The Traffic screen with the frames of one host or address alone.
import type { Model } from '../state/model.ts';
import { isStreaming } from '../state/traffic-request.ts';
import type { Update } from '../state/ui-event.ts';
import { applyFilter } from './apply-filter.ts';
import { goTo } from './go.ts';
import { withUi } from './with-ui.ts';

/** Six hexadecimal pairs. */
const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export function isMac(text: string): boolean {
  return macPattern.test(text);
}

/** What follows `field`: a MAC address or an IP address. */
export function trafficOf(model: Model, field: 'mac' | 'vip', value: string): Update<Model> {
  const { model: there, effects } = goTo(model, { screen: 'traffic', page: null });
  const filter = `${field}="${value}"`;
  const message = { text: `the frames of ${value} alone; esc shows all`, style: 'dim' } as const;
  const next = withUi(applyFilter(there, filter), { message });
  // What is looked for must not be among what was passed over.
  return { model: next, effects: isStreaming(next) ? [...effects, { kind: 'backlog' }] : effects };
}
