// How much a fuzz test tries, and from which seed: fixed in the suite, chosen by `npm run fuzz`.

/** `frames` and `seed` of the suite, unless LANLORD_FUZZ_FRAMES and LANLORD_FUZZ_SEED say otherwise. */
export function fuzzPlan(frames: number, seed: number): { readonly frames: number; readonly seed: number } {
  return {
    frames: Number(process.env['LANLORD_FUZZ_FRAMES'] ?? frames),
    seed: Number(process.env['LANLORD_FUZZ_SEED'] ?? seed),
  };
}
