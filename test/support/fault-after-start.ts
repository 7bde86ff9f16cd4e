// Loaded before the program: a fault inside it as soon as the file FAULT_WHEN exists, as FAULT says: `throw` or `reject`
// anywhere, `render` while React draws.
import { existsSync } from 'node:fs';
import { plugin } from 'bun';

const message = 'a fault that was asked for';
const { FAULT: fault, FAULT_WHEN: when = '' } = process.env;

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

const looking = setInterval(() => {
  if (!existsSync(when)) return;
  clearInterval(looking);
  isDue = true;
  if (fault === 'throw') throw new Error(message);
  if (fault === 'reject') void Promise.reject(new Error(message));
}, 50);
// A daemon that is started with the same environment ends when it likes.
looking.unref();
