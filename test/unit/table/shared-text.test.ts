import { describe, expect, test } from 'bun:test';
import { createSharedText, SharedTextReader, writeSharedText } from '#table/shared-text.ts';

describe('a shared text', () => {
  test('is taken once after each change, and the same text again is no change', () => {
    const buffer = createSharedText(64);
    const reader = new SharedTextReader(buffer);
    expect(reader.take()).toBe(null);
    expect(writeSharedText(buffer, 'größer')).toBe(true);
    expect(reader.take()).toBe('größer');
    expect(reader.take()).toBe(null);
    writeSharedText(buffer, 'größer');
    expect(reader.take()).toBe(null);
    writeSharedText(buffer, 'small');
    expect(reader.take()).toBe('small');
  });

  test('that does not fit is refused, and the old one stays', () => {
    const buffer = createSharedText(8);
    writeSharedText(buffer, '12345678');
    expect(writeSharedText(buffer, '123456789')).toBe(false);
    expect(new SharedTextReader(buffer).take()).toBe('12345678');
  });

  test('is not taken while it is being replaced, and whole afterwards', () => {
    const buffer = createSharedText(64);
    const words = new Int32Array(buffer, 0, 2);
    writeSharedText(buffer, 'before');
    const reader = new SharedTextReader(buffer);
    Atomics.add(words, 0, 1);
    expect(reader.take()).toBe(null);
    Atomics.add(words, 0, 1);
    expect(reader.take()).toBe('before');
  });
});
