// What holds for every frame, whatever the daemon tells and whatever somebody types.
import { expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import type { PlanAnswer } from '#control/protocol.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import type { Size } from '#tui/layout/breakpoint.ts';
import { keymap } from '#tui/state/keymap.ts';
import type { Model } from '#tui/state/model.ts';
import { cellWidth } from '#tui/text/cell-text.ts';
import { isShown, type ProfileName } from '#tui/text/glyphs.ts';
import { lineWidth, plainText } from '#tui/text/line.ts';
import { update } from '#tui/update/update.ts';
import { after, frameLines, liveModel, typed } from '../../support/ui-frames.ts';
import {
  addressAnswer,
  down,
  examined,
  explained,
  frames,
  head,
  plan,
  type StateWishes,
  uiState,
  uiStates,
  whoHas,
} from '../../support/ui-states.ts';
import { manyVips, nowMs, renamed, worlds } from '../../support/ui-worlds.ts';

const sizes: readonly Size[] = [
  { columns: 200, rows: 60 },
  { columns: 160, rows: 50 },
  { columns: 120, rows: 35 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
  { columns: 39, rows: 11 },
  { columns: 1, rows: 1 },
];
const profiles: readonly ProfileName[] = ['unicode', 'vt', 'ascii'];
const screenKeys = ['1', '2', '3', '4', '5', '6', '7'];

/** Exactly as high and wide as the terminal (the last line one less), and every sign of the profile. */
function faults(model: Model): readonly string[] {
  const { size, profile } = model.ui;
  const lines = frameLines(model);
  const found: string[] = lines.length === size.rows ? [] : [`${lines.length} lines for ${size.rows}`];
  const isWhole = size.columns >= 40 && size.rows >= 12;
  for (const [index, line] of lines.entries()) {
    const text = plainText(line);
    const width = isWhole && index === lines.length - 1 ? size.columns - 1 : size.columns;
    // Both measures: ours, which adds up characters, and that of the runtime.
    if (lineWidth(line) !== width) found.push(`${lineWidth(line)} cells for ${width}: ${JSON.stringify(text)}`);
    if (Bun.stringWidth(text) !== width)
      found.push(`${Bun.stringWidth(text)} by Bun for ${width}: ${JSON.stringify(text)}`);
    const strange = [...text].find((character) => !isShown(character, profile));
    if (strange !== undefined) found.push(`${JSON.stringify(strange)} is not of ${profile}: ${JSON.stringify(text)}`);
  }
  return found;
}

function expectSound(model: Model): void {
  expect(faults(model)).toEqual([]);
}

// A test takes some seconds on a busy machine.
setDefaultTimeout(30_000);

const states = Object.entries({ ...worlds, many: manyVips(5000) });

test.each(states)('every screen is sound at every size and in every profile: %s', (_, world) => {
  for (const size of sizes) {
    for (const profile of profiles) {
      for (const key of screenKeys) {
        const model = typed(liveModel({ size, profile, world }), key);
        expectSound(model);
        expectSound(typed(model, 'j', 'enter'));
        expectSound(typed(model, '?'));
        expectSound(typed(model, '/', 'x'));
      }
    }
  }
});

const hostile = [
  '\u001b[31mred\u001b[2J',
  '\u001b]0;a title\u0007\u001b]52;c;aGk=\u0007',
  '\u009b31m\u0090q\u009c\u007f\u0085',
  'a\nb\tc\rd\u0000e',
  '\u202egnp.exe\u202c',
  '日本語のサービス名前',
  '😀🎉👨‍👩‍👧‍👦',
  '🇩🇪🏳️‍🌈☎️1️⃣',
  'e\u0301\u0301\u0301\u0301\u0301',
  'שלום עולם',
  'x'.repeat(253),
  '界'.repeat(200),
  '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
  '\ud800',
  '\u{e0041}\u{e0042}',
  '\ue000\uf8ff',
  'ᄀᄀᄀ각ᆨᆨ',
];

test.each(hostile)('a hostile name is shown harmless everywhere: %j', (name) => {
  for (const profile of profiles) {
    for (const size of [sizes[2], sizes[3], sizes[4]]) {
      if (size === undefined) continue;
      for (const key of screenKeys) {
        const model = typed(liveModel({ size, profile, world: renamed(name) }), key);
        expectSound(model);
        expectSound(typed(model, 'enter'));
        expectSound(typed(model, 'w'));
      }
    }
  }
});

/** Everything that is told besides lists: frames, answers, why there is no daemon, what somebody typed. */
function told(name: string, wishes: StateWishes): readonly Model[] {
  const base = liveModel({ ...wishes, world: renamed(name) });
  const answer = {
    ...explained,
    object: name,
    steps: explained.steps.map((step) => ({ ...step, name, message: name, file: name })),
  };
  const frame = {
    ...(frames[0] as TrafficItem),
    interface: name,
    ip: name,
    sender: name,
    senderMac: name,
    target: name,
  };
  const items = [
    frame,
    { ...frame, sequence: 2, protocol: null, operation: null, reason: name, verdict: 'duplicate' as const },
  ];
  const stream = after(typed(base, '5'), {
    kind: 'traffic',
    answer: {
      ...head,
      kind: 'TrafficList',
      items,
      next: 'n',
      lost: [{ interface: name, frames: 7 }],
      skipped: [{ interface: name, frames: 8 }],
      kernelDrops: [],
    },
  });
  const responders = whoHas.responders.map((one) => ({ ...one, node: name, mac: name, interface: name }));
  const page = after(typed(base, '4', 'enter'), {
    ...addressAnswer,
    ip: name,
    whoHas: { ok: true, value: { ...whoHas, ip: name, responders } },
    frames: items,
  });
  const odd: PlanAnswer = {
    ...plan,
    paths: [name],
    objects: plan.objects.map((one) => ({
      ...one,
      kind: name,
      name,
      file: name,
      effect: name,
      fields: [{ path: name, from: name, to: null }],
    })),
    changes: plan.changes.map((one) => ({ ...one, ip: name, service: name, from: name, to: name, message: name })),
    pending: [{ service: name, message: name }],
    problems: [{ file: name, line: 1, column: 1, severity: 'warning', code: name, message: name, hint: name }],
  };
  const checks = examined.checks.map((one) => ({ ...one, code: name, message: name, fix: name }));
  const failed = after(typed(base, '4', 'enter'), { ...addressAnswer, ip: name, whoHas: { ok: false, message: name } });
  return [
    stream,
    typed(stream, 'G'),
    typed(stream, 'p'),
    page,
    typed(page, 'G'),
    failed,
    after(typed(base, '3', 'e'), { kind: 'explained', object: `svc/${name}`, answer: { ok: true, value: answer } }),
    { ...base, ui: { ...base.ui, explain: { object: name, answer, failure: null, top: 0 } } },
    { ...base, ui: { ...base.ui, explain: { object: name, answer: null, failure: name, top: 3 } } },
    ...[{ ok: true, value: odd } as const, { ok: false, message: name } as const].map((answer) =>
      after(typed(base, ':', ...'plan x', 'enter'), { kind: 'planned', paths: ['x'], answer }),
    ),
    after(typed(base, 'd'), { kind: 'examined', answer: { ok: true, value: { ...examined, checks } } }),
    after(typed(base, 'd'), { kind: 'examined', answer: { ok: false, message: name } }),
    after(base, { kind: 'message', message: { text: name, style: 'warn' } }),
    after(base, { kind: 'packets', packets: { path: name, filter: name, bytes: 1 } }),
    down(base, { cause: 'other', message: name, log: [name, name] }),
    typed(down(base, { cause: 'other', message: name, log: [] }), 'esc'),
    down(liveModel(wishes), { cause: 'version', message: name, log: [name] }),
    typed(base, '4', '/', ...name),
    typed(base, '4', '/', ...name, 'enter'),
    typed(base, ':', ...name, 'enter'),
    typed(base, 'i', ...name, 'enter'),
    typed(liveModel({ ...wishes, world: renamed(name), writable: true }), '4', '!'),
  ];
}

test.each(hostile)('and so is whatever else is told or typed: %j', (name) => {
  for (const profile of profiles) {
    for (const size of sizes) for (const model of told(name, { size, profile })) expectSound(model);
  }
});

test('every state that is kept as a golden frame is sound at every size, in every profile and theme', () => {
  for (const name of Object.keys(uiStates)) {
    for (const size of sizes) for (const profile of profiles) expectSound(uiState(name, { size, profile }));
  }
});

test('any text as a name, in any profile', () => {
  const any = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.ipV6(), fc.string());
  fc.assert(
    fc.property(any, fc.constantFrom(...profiles), fc.constantFrom(...screenKeys), (name, profile, key) => {
      const model = liveModel({ size: { columns: 80, rows: 24 }, profile, world: renamed(name) });
      expectSound(typed(model, key, 'enter'));
    }),
    { seed: 11, numRuns: 200 },
  );
});

const allKeys = [...new Set(keymap.flatMap(({ bindings }) => bindings.flatMap(({ keys }) => keys)))];

test('random keys, sizes and worlds never break a frame, and esc leads back to the Overview', () => {
  const key = fc.constantFrom(...allKeys, 'x', 'e', 'y', '9', ' ', 'backspace', '日', '(');
  const step = fc.oneof(
    { weight: 12, arbitrary: key.map((name) => ({ kind: 'key', key: name }) as const) },
    { weight: 2, arbitrary: fc.constantFrom(...sizes).map((size) => ({ kind: 'resize', size }) as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...Object.values(worlds)).map((world) => ({ kind: 'world', world }) as const),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 50 }), fc.constantFrom(...profiles), (steps, profile) => {
      let model = liveModel({ profile, world: worlds.duplicate });
      for (const event of steps) {
        model = update(model, event, nowMs).model;
        expectSound(model);
      }
      const away = typed(model, 'esc', 'esc', 'esc', 'esc', 'esc', '1', 'esc', 'esc');
      expect(away.ui.place).toEqual({ screen: 'overview', page: null });
      expect(away.ui).toMatchObject({ overlay: null, prompt: null, explain: null, filters: {} });
    }),
    { seed: 12, numRuns: 60 },
  );
});

test('widths of a text add up from its characters', () => {
  expect(cellWidth('界x')).toBe(3);
});
