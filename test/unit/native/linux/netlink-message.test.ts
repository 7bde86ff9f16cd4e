import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  attribute,
  attributeText,
  attributeU32,
  emitMessage,
  messageErrno,
  readAttributes,
  readMessages,
  textAttribute,
  u32Attribute,
} from '../../../../native/linux/netlink-message.ts';
import { systemError } from '../../../../native/linux/system-error.ts';

test('attributes of any length survive being written and read', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(0x3fff), fc.uint8Array({ maxLength: 40 })), { maxLength: 8 }), (list) => {
      const bytes = emitMessage(
        16,
        1,
        9,
        list.map(([type, value]) => attribute(type, value)),
      );
      const [message] = [...readMessages(bytes)];
      expect(message).toMatchObject({ type: 16, flags: 1, sequence: 9, port: 0 });
      const back = [...readAttributes(message?.payload ?? new Uint8Array())];
      expect(back.map(({ type, value }) => [type, [...value]])).toEqual(list.map(([type, v]) => [type, [...v]]));
    }),
    { seed: 3549 },
  );
});

test('the nested and byte-order flags are no part of an attribute type', () => {
  expect([...readAttributes(attribute(0x8000 | 18, Uint8Array.of(1)))][0]?.type).toBe(18);
});

test('text and numbers are read back', () => {
  const [text] = [...readAttributes(textAttribute(3, 'eth0.100'))];
  const [number] = [...readAttributes(u32Attribute(4, 0xfffffffe))];
  expect(attributeText(text?.value ?? new Uint8Array())).toBe('eth0.100');
  expect(attributeU32(number?.value ?? new Uint8Array())).toBe(0xfffffffe);
});

test('several messages in one datagram are read, up to the one that is cut off', () => {
  const one = emitMessage(16, 2, 1, [u32Attribute(4, 1500)]);
  const two = emitMessage(3, 2, 1, []);
  const bytes = new Uint8Array([...one, ...two]);
  expect([...readMessages(bytes)].map(({ type }) => type)).toEqual([16, 3]);
  expect([...readMessages(bytes.subarray(0, bytes.length - 1))].map(({ type }) => type)).toEqual([16]);
});

test('a message that claims less than its own header ends the reading', () => {
  const bytes = emitMessage(16, 2, 1, []);
  bytes[0] = 0;
  expect([...readMessages(bytes)]).toEqual([]);
});

describe('messageErrno()', () => {
  const payload = (code: number) => new Uint8Array(Int32Array.of(code).buffer);

  test('is positive for a refusal, 0 for an acknowledgement and for a payload that is too short', () => {
    expect([messageErrno(payload(-17)), messageErrno(payload(0)) + 0, messageErrno(new Uint8Array(3))]).toEqual([
      17, 0, 0,
    ]);
  });

  test('has a name, a text and a hint', () => {
    expect(systemError(17, 'add')).toMatchObject({ code: 'EEXIST', message: 'add: file already exists (EEXIST)' });
    expect(systemError(1, 'add', true).message).toBe('add: operation not permitted (grant CAP_NET_ADMIN)');
  });
});
