// A process of its own that serves the fake backend: `serve-fake-backend.ts SOCKET ADMIN [refuse] [critical] [stale]`.
import { startControlServer } from '#control/server.ts';
import { daemonView, fakeBackend, nowMs } from './daemon-view.ts';

const [socket = '', adminSocket = '', ...traits] = process.argv.slice(2);
const hostile = '\u001b]0;pwn\u0007\u202e';
const critical = {
  code: 'DUP',
  severity: 'critical' as const,
  object: 'ip/192.168.10.208',
  message: `also answered by ${hostile}`,
  hint: '',
  sinceMs: nowMs,
};
const view = daemonView({
  ...(traits.includes('critical') ? { problems: [critical] } : {}),
  configValid: !traits.includes('stale'),
});
const started = await startControlServer(
  fakeBackend(view, !traits.includes('refuse')),
  { socket, group: 'root', adminSocket, adminGroup: 'root' },
  { write: (level, message) => console.error(level, message) },
);
console.log(started.ok ? 'serving' : JSON.stringify(started));
