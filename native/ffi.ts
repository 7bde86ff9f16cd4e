// One foreign-function interface for Bun (`bun:ffi`) and Deno (`Deno.dlopen`), with arguments checked before the call.

/** Address in this process's memory; 0 is NULL. User-space addresses fit a double exactly. */
export type Address = number;

/** What a C parameter may be. `buffer` is a view whose address is valid during the call only; NULL is `null`. */
export type ArgumentType = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'pointer' | 'buffer';

/**
 * What a C function may return. 64-bit values arrive as numbers: exact up to 2^53, rounded above. For `ssize_t` results
 * that stay below 2 GiB take `i32`: it reads the low half of the register and never makes a BigInt.
 */
export type ResultType = 'void' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'pointer';

export interface Signature {
  readonly args: readonly ArgumentType[];
  readonly returns: ResultType;
}

type Argument<T extends ArgumentType> = T extends 'buffer' ? ArrayBufferView | null : number;
type Arguments<T extends readonly ArgumentType[]> = { -readonly [K in keyof T]: Argument<T[K]> };
export type NativeFunction<S extends Signature> = (
  ...args: Arguments<S['args']>
) => S['returns'] extends 'void' ? void : number;
export type Functions<T extends Record<string, Signature>> = { readonly [K in keyof T]: NativeFunction<T[K]> };

export interface Library<T extends Record<string, Signature>> {
  readonly path: string;
  /** Every argument is checked; a wrong one throws ArgumentError before C is reached. */
  readonly call: Functions<T>;
  /** No check: integers wrap silently. For the hot path, with values proved right beforehand. */
  readonly unchecked: Functions<T>;
  /** Unloads the library; calling any of its functions afterwards is undefined. */
  close(): void;
}

export type Opened<T extends Record<string, Signature>> =
  | { readonly ok: true; readonly value: Library<T> }
  | {
      readonly ok: false;
      readonly error: { readonly code: 'library_missing'; readonly operation: 'dlopen'; readonly message: string };
    };

/** A caller's bug: a value that C would have received as another one. */
export class ArgumentError extends TypeError {
  override readonly name = 'ArgumentError';
  readonly code = 'invalid_argument';
}

const RANGES: Readonly<Record<Exclude<ArgumentType, 'buffer'>, readonly [number, number]>> = {
  i8: [-0x80, 0x7f],
  u8: [0, 0xff],
  i16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  u64: [0, Number.MAX_SAFE_INTEGER],
  // The first page is never mapped: a small number in place of an address is a mistake that would end the process.
  pointer: [0, Number.MAX_SAFE_INTEGER],
};

function reject(place: string, wanted: string, value: unknown): never {
  const text = typeof value === 'number' || value === undefined || value === null ? String(value) : typeof value;
  throw new ArgumentError(`${place}: want ${wanted}, got ${text}`);
}

/** Throws ArgumentError unless `value` is exactly representable as `type`. */
export function checkArgument(place: string, type: ArgumentType, value: unknown): void {
  if (type === 'buffer') {
    if (value !== null && !ArrayBuffer.isView(value)) reject(place, 'a typed array or null', value);
    return;
  }
  const [low, high] = RANGES[type];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    reject(place, `an integer from ${low} to ${high} (${type})`, value);
  }
  if (type === 'pointer' && value !== 0 && (value as number) < 4096) reject(place, 'an address or 0', value);
}

type Unknown = (...args: unknown[]) => unknown;

function checked(name: string, types: readonly ArgumentType[], raw: Unknown): Unknown {
  return (...args) => {
    if (args.length !== types.length) {
      throw new ArgumentError(`${name}: want ${types.length} arguments, got ${args.length}`);
    }
    for (const [i, type] of types.entries()) checkArgument(`${name}: argument ${i + 1}`, type, args[i]);
    return raw(...args);
  };
}

interface Runtime {
  open(path: string, table: Record<string, Signature>): { functions: Record<string, Unknown>; close(): void };
  address(view: ArrayBufferView): Address;
  memory(address: Address, length: number): ArrayBuffer;
  cstring(address: Address): string;
}

interface BunFfi {
  dlopen(path: string, table: object): { symbols: Record<string, Unknown>; close(): void };
  ptr(view: ArrayBufferView): number;
  toArrayBuffer(address: number, offset: number, length: number): ArrayBuffer;
  CString: new (address: number) => { toString(): string };
}

function bunRuntime(ffi: BunFfi): Runtime {
  // `i64_fast` gives a number whenever it is exact; plain `i64` and `ptr` results would be BigInt or null.
  const names: Readonly<Record<string, string>> = { pointer: 'ptr', buffer: 'ptr', i64: 'i64_fast', u64: 'u64_fast' };
  const toBun = (type: string) => names[type] ?? type;
  return {
    open(path, table) {
      const entries = Object.entries(table);
      const spec = entries.map(([name, s]) => [name, { args: s.args.map(toBun), returns: toBun(s.returns) }] as const);
      const library = ffi.dlopen(path, Object.fromEntries(spec));
      const functions: Record<string, Unknown> = {};
      for (const [name, { returns }] of entries) {
        const raw = library.symbols[name] as Unknown;
        const wide = returns === 'pointer' || returns === 'i64' || returns === 'u64';
        functions[name] = wide ? (...args) => Number(raw(...args) ?? 0) : raw;
      }
      return { functions, close: () => library.close() };
    },
    address: (view) => ffi.ptr(view),
    memory: (address, length) => ffi.toArrayBuffer(address, 0, length),
    cstring: (address) => new ffi.CString(address).toString(),
  };
}

interface DenoFfi {
  dlopen(path: string, table: object): { symbols: Record<string, Unknown>; close(): void };
  UnsafePointer: { of(view: ArrayBufferView): object; value(p: object): bigint; create(address: bigint): object };
  UnsafePointerView: { getArrayBuffer(p: object, length: number): ArrayBuffer; getCString(p: object): string };
}

function denoRuntime(deno: DenoFfi): Runtime {
  // `usize` instead of `pointer`: addresses stay plain numbers, no pointer object per call.
  const toDeno = (type: string) => (type === 'pointer' ? 'usize' : type);
  const pointer = (address: Address) => deno.UnsafePointer.create(BigInt(address));
  return {
    open(path, table) {
      const entries = Object.entries(table);
      const spec = entries.map(
        ([name, s]) => [name, { parameters: s.args.map(toDeno), result: toDeno(s.returns) }] as const,
      );
      const library = deno.dlopen(path, Object.fromEntries(spec));
      const functions: Record<string, Unknown> = {};
      for (const [name, { returns }] of entries) {
        const raw = library.symbols[name] as Unknown;
        const wide = returns === 'pointer' || returns === 'i64' || returns === 'u64';
        functions[name] = wide ? (...args) => Number(raw(...args)) : raw;
      }
      return { functions, close: () => library.close() };
    },
    address: (view) => Number(deno.UnsafePointer.value(deno.UnsafePointer.of(view))),
    memory: (address, length) => deno.UnsafePointerView.getArrayBuffer(pointer(address), length),
    cstring: (address) => deno.UnsafePointerView.getCString(pointer(address)),
  };
}

function detectRuntime(): Runtime {
  const { Bun: bun, Deno: deno } = globalThis as unknown as { Bun?: object; Deno?: DenoFfi };
  // Looked up at run time, so that neither runtime's bundler sees the other's module.
  if (bun !== undefined) return bunRuntime(process.getBuiltinModule('bun:ffi') as unknown as BunFfi);
  if (deno !== undefined) return denoRuntime(deno);
  throw new Error('bun-ffi-pcap runs under Bun or Deno only');
}

const runtime = detectRuntime();

/** Opens the first of `paths` that loads and has every function of `table`; the error tells what each one said. */
export function openLibrary<const T extends Record<string, Signature>>(paths: readonly string[], table: T): Opened<T> {
  const failures: string[] = [];
  for (const path of paths) {
    try {
      const { functions, close } = runtime.open(path, table);
      const call = Object.fromEntries(
        Object.entries(table).map(([name, s]) => [name, checked(name, s.args, functions[name] as Unknown)]),
      );
      const value = { path, call, unchecked: functions, close } as unknown as Library<T>;
      return { ok: true, value };
    } catch (error) {
      failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { ok: false, error: { code: 'library_missing', operation: 'dlopen', message: failures.join('; ') } };
}

/**
 * Zeroed memory that never moves. A plain `new Uint8Array(16)` lives in the garbage-collected heap and moves when its
 * `.buffer` is first touched, so an address taken before is then wrong. Keep a reference as long as C holds the address.
 */
export function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes));
}

/** Address of a view's first byte. The view must come from `allocate` or own an ArrayBuffer, and must stay referenced. */
export function addressOf(view: ArrayBufferView): Address {
  // Touching `.buffer` first makes the runtime move a small array out of its heap now rather than later.
  if (view.buffer.byteLength === 0) throw new ArgumentError('addressOf: the view is empty');
  return runtime.address(view);
}

/** View over foreign memory, no copy. Reading it after C has freed the memory gives garbage or SIGSEGV, unannounced. */
export function viewAt(address: Address, length: number): Uint8Array<ArrayBuffer> {
  checkArgument('viewAt: address', 'pointer', address);
  checkArgument('viewAt: length', 'u32', length);
  if (address === 0) throw new ArgumentError('viewAt: address is NULL');
  return new Uint8Array(runtime.memory(address, length));
}

/** Copies the NUL-terminated UTF-8 string at `address`; empty when it is NULL. */
export function readCString(address: Address): string {
  checkArgument('readCString', 'pointer', address);
  return address === 0 ? '' : runtime.cstring(address);
}

const encoder = new TextEncoder();

/** NUL-terminated UTF-8 bytes of `text`; a NUL inside would silently cut it, so it is refused. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string') reject('toCString', 'a string', text);
  if (text.includes('\0')) throw new ArgumentError('toCString: the text contains NUL');
  const bytes = encoder.encode(text);
  const result = allocate(bytes.length + 1);
  result.set(bytes);
  return result;
}
