// How a hook is called: its arguments, and what it reads on standard input.
import type { HookEvent } from '#model/hook-event.ts';
import type { NodeConfig } from '#model/node-config.ts';

export interface HookCall {
  /** Calls with the same key run one after the other, in order. */
  readonly key: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

/** keepalived's words for states of an instance; a conflict has none. */
const states = { leader: 'MASTER', standby: 'BACKUP', conflict: null, 'conflict-ended': null } as const;

/** Null: scripts of this kind know nothing of such an event. */
export function hookCall(event: HookEvent, form: NodeConfig['hooks']['arguments']): HookCall | null {
  const key = `${event.ip}%${event.interface}`;
  const stdin = `${JSON.stringify({ apiVersion: 'lanlord.dev/v1', kind: 'HookEvent', ...event })}\n`;
  if (form === 'json') return { key, args: [event.event, event.ip, event.interface], stdin };
  const state = states[event.event];
  // keepalived's notify scripts get: INSTANCE, the name, the state, the priority.
  return state && { key, args: ['INSTANCE', event.ip, state, String(event.priority)], stdin };
}
