// Loaded before the program: a fault inside it, a while after its start, as FAULT says: `throw` or `reject` anywhere,
// `render` while React draws.
import { plugin } from 'bun';

const message = 'a fault that was asked for';
const fault = process.env['FAULT'];

let isDue = false;
Object.assign(globalThis, {
  throwWhenDue() {
    if (isDue) throw new Error(message);
  },
});

if (fault === 'render') {
  plugin({
    name: 'fault',
    setup(build) {
      build.onLoad({ filter: /\/chrome\.tsx$/ }, async ({ path }) => {
        const source = await Bun.file(path).text();
        const contents = source.replace('  source.suspendTerminal =', '  throwWhenDue();\n  source.suspendTerminal =');
        if (contents === source) throw new Error(`${path} has no place for a fault`);
        return { contents, loader: 'tsx' };
      });
    },
  });
}

// Long enough for the first frame.
setTimeout(() => {
  isDue = true;
  if (fault === 'throw') throw new Error(message);
  if (fault === 'reject') void Promise.reject(new Error(message));
}, 2500);
