// Log lines: one line each, harmless, and no more than somebody can read.
import { describe, expect, test } from 'bun:test';
import { LineLog, type LogOptions } from '#log.ts';
import { FakeClock } from '../support/fake-clock.ts';

function logger(more: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const clock = new FakeClock();
  const log = new LineLog({
    format: 'text',
    level: 'info',
    journald: false,
    clock,
    write: (line) => lines.push(line),
    ...more,
  });
  return { log, lines, clock };
}

describe('LineLog as text', () => {
  test('is level, message, and fields as key=value', () => {
    const { log, lines } = logger();
    log.write('info', 'a/web got 10.0.0.1', { ip: '10.0.0.1', count: 3, note: 'two words', none: null, big: 5n });
    log.write('error', 'Cannot open link "eth0"');
    expect(lines).toEqual([
      'info  a/web got 10.0.0.1 ip=10.0.0.1 count=3 note="two words" none=null big=5',
      'error Cannot open link "eth0"',
    ]);
  });

  test('gives journald its priority', () => {
    const { log, lines } = logger({ journald: true, level: 'debug' });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write(level, 'x');
    expect(lines.map((line) => line.slice(0, 3))).toEqual(['<7>', '<6>', '<4>', '<3>']);
  });

  test('never has a control character or a second line', () => {
    const { log, lines } = logger();
    log.write('warn', 'bad\u001b[2J\nfake: ok', { 'k\ney': 'v\r\n\u202e', error: new Error('a\nb') });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(lines[0]).toContain('bad\\u{1b}[2J\\u{a}fake: ok');
  });

  test('leaves out what is below its level, which can change', () => {
    const { log, lines } = logger({ level: 'warn' });
    log.write('info', 'a');
    log.level = 'debug';
    log.write('debug', 'b');
    expect(lines.length).toBe(1);
  });
});

describe('LineLog as JSON', () => {
  test('is one ASCII line that parses back, and fields cannot replace time, level or message', () => {
    const { log, lines } = logger({ format: 'json' });
    log.write('warn', 'ünï "x"\n', { n: 1, big: 2n ** 70n, level: 'fake', error: new Error('e') });
    expect(lines[0]).not.toMatch(/[^\u0020-\u007e]/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-01-01T00:00:00.000Z',
      level: 'warn',
      message: 'ünï "x"\n',
      n: 1,
      big: '1180591620717411303424',
      error: 'e',
    });
  });
});

describe('LineLog under a flood', () => {
  test('writes twenty lines of one kind in ten seconds, then how many were left out', async () => {
    const { log, lines, clock } = logger();
    for (let i = 0; i < 500; i++) log.write('info', `10.0.0.${i} moved`, { kind: 'allocation.moved' });
    log.write('info', 'something else');
    expect(lines.length).toBe(21);
    await clock.advance(10_001);
    log.write('info', '10.0.0.9 moved', { kind: 'allocation.moved' });
    expect(lines.at(-1)).toContain('suppressed=480');
  });

  test('takes messages that differ in their values for one', () => {
    const { log, lines } = logger();
    for (let i = 0; i < 100; i++) log.write('warn', `conflict with 02:00:00:00:00:${i} on "eth${i}"`);
    expect(lines.length).toBe(20);
  });

  test('stays bounded however many kinds there are', () => {
    const { log, lines } = logger();
    for (let i = 0; i < 5000; i++) log.write('info', 'x', { kind: `kind-${i}` });
    expect(lines.length).toBe(5000);
  });
});
