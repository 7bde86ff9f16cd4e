import { expect, test } from 'bun:test';
import { commandName, commandsOf, documentedProgram } from '../../../scripts/docs/commands-page.ts';
import { manPage } from '../../../scripts/docs/man-page.ts';

test('the manual page has every command and option', () => {
  const page = manPage().replaceAll('\\-', '-');
  for (const command of commandsOf(documentedProgram())) {
    expect(page).toContain(`.SS lanlord ${commandName(command)}`);
    for (const { flags, hidden } of command.options) if (!hidden) expect(page).toContain(`.B ${flags}`);
  }
});

test('troff has nothing to complain about', async () => {
  if (Bun.which('groff') === null) {
    console.log('not run: groff is not installed');
    return;
  }
  const child = Bun.spawn(['groff', '-man', '-ww', '-Tascii'], {
    stdin: new Blob([manPage()]),
    stdout: 'ignore',
    stderr: 'pipe',
  });
  expect(await new Response(child.stderr).text()).toBe('');
  expect(await child.exited).toBe(0);
});
