// How the process ends by a bug.
import { beforeEach, describe, expect, test } from 'bun:test';
import { CrashGuard } from '#cli/crash-guard.ts';

class Stage {
  readonly notes: string[] = [];
  readonly codes: number[] = [];
  readonly done: string[] = [];
  /** Ends the wait. */
  timeIsOver = () => {};
  readonly guard = new CrashGuard({
    note: (text) => this.notes.push(text),
    exit: (code) => this.codes.push(code),
    wait: () => new Promise((resolve) => (this.timeIsOver = resolve)),
  });
}

let stage = new Stage();
beforeEach(() => {
  stage = new Stage();
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a bug', () => {
  test('ends a program that leads nothing at once, with one line and 70', () => {
    stage.guard.fail(new Error('oh\nno'));
    expect(stage.codes).toEqual([70]);
    expect(stage.notes).toHaveLength(1);
    expect(stage.notes[0]).toStartWith('lanlord: internal error: oh');
    expect(stage.notes[0]).not.toContain('\n');
  });

  test('is told, then every last act is done in order whatever comes of the others, then the program ends', async () => {
    stage.guard.lastActs = [
      async () => {
        await turn();
        stage.done.push('first');
        throw new Error('no');
      },
      () => {
        throw new Error('neither');
      },
      () => stage.done.push('last'),
    ];
    stage.guard.fail('a text');
    expect(stage.notes).toEqual(['lanlord: internal error: a text']);
    expect(stage.codes).toEqual([]);
    await turn();
    await turn();
    await turn();
    expect(stage.done).toEqual(['first', 'last']);
    expect(stage.codes).toEqual([70]);
  });

  test('ends the program also when a last act never ends', async () => {
    stage.guard.lastActs = [() => new Promise(() => {}), () => stage.done.push('never')];
    stage.guard.fail(new Error('oh'));
    await turn();
    expect(stage.codes).toEqual([]);
    stage.timeIsOver();
    await turn();
    expect(stage.codes).toEqual([70]);
    expect(stage.done).toEqual([]);
  });

  test('counts once: what fails on the way out changes nothing, nor does a program that ends well meanwhile', async () => {
    stage.guard.lastActs = [() => turn()];
    expect(stage.guard.codeOf(0)).toBe(0);
    stage.guard.fail(new Error('one'));
    stage.guard.fail(new Error('two'));
    expect(stage.guard.codeOf(0)).toBe(70);
    await turn();
    await turn();
    expect(stage.notes).toHaveLength(1);
    expect(stage.codes).toEqual([70]);
  });
});
