// What a command of this program says, for the interface: its JSON, or one sentence.
import { expect, test } from 'bun:test';
import { ownAnswer } from '#tui/app/own-answer.ts';

/** A program that is a shell script: its first argument is the command. */
const script = (text: string, timeoutMs = 20_000) => ({ program: ['/bin/sh', '-c', text, 'lanlord'], timeoutMs });

test('the JSON counts, also when something was found', async () => {
  expect(await ownAnswer<object>(script('echo "{\\"a\\":1}"; exit 1'), ['doctor'])).toEqual({
    ok: true,
    value: { a: 1 },
  });
});

test('the arguments arrive, with the form that is read', async () => {
  const answer = await ownAnswer<string>(script('printf "\\"%s\\"" "$*"'), ['plan', '-c', 'a b']);
  expect(answer).toEqual({ ok: true, value: 'plan -c a b -o json' });
});

test('without JSON it is what the command said, without its name', async () => {
  const answer = await ownAnswer(script('echo "lanlord: no daemon here" >&2; exit 3'), ['plan']);
  expect(answer).toEqual({ ok: false, message: 'no daemon here' });
});

test('a program that cannot be started, or says nothing, is told', async () => {
  const missing = await ownAnswer({ program: ['/nonexistent/lanlord'], timeoutMs: 1000 }, ['plan']);
  expect(missing.ok || missing.message).toMatch(/^lanlord plan said nothing: .*ENOENT/);
  const silent = await ownAnswer(script('exit 70'), ['plan']);
  expect(silent.ok || silent.message).toMatch(/^lanlord plan said nothing/);
});

test('one that hangs is ended', async () => {
  const answer = await ownAnswer(script('exec sleep 60', 200), ['doctor']);
  expect(answer).toEqual({ ok: false, message: 'lanlord doctor did not end within 0.2 s' });
});
