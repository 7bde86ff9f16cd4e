import { expect, test } from 'bun:test';
import { userName } from '#control/user-name.ts';

test('users have the names of /etc/passwd; unknown ones and a missing file give none', () => {
  expect(userName(0)).toBe('root');
  expect(userName(4_000_000_123)).toBeNull();
  expect(userName(0, '/nonexistent')).toBeNull();
});
