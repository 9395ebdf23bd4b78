// A step of Adam or AdamW on `count` numbers, a multiple of 8, in place: 128-bit vectors, and each number is read and
// written once. `npm run kernels` compiles this into src/engine/optimisers/adamModule.ts. Its operations, and so its bits,
// are those of `fused` in src/engine/optimisers/adam.ts.

function average(beta: v128, old: v128, rest: v128, now: v128): v128 {
  return f32x4.add(f32x4.mul(old, beta), f32x4.mul(now, rest))
}

/** Addresses of the parameter, its gradient and its moments; `decay` multiplies the parameter before the step. */
export function step(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  count: usize,
  decay: f32,
  wd: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  eps: f32,
  rate: f32
): void {
  const decays = wd != 0
  const decay4 = f32x4.splat(decay)
  const wd4 = f32x4.splat(wd)
  const beta14 = f32x4.splat(beta1)
  const rest14 = f32x4.splat(rest1)
  const beta24 = f32x4.splat(beta2)
  const rest24 = f32x4.splat(rest2)
  const eps4 = f32x4.splat(eps)
  const rate4 = f32x4.splat(rate)
  for (let i: usize = 0; i < count << 2; i += 32) {
    const pa = f32x4.mul(v128.load(p + i), decay4)
    const pb = f32x4.mul(v128.load(p + i, 16), decay4)
    let ga = v128.load(g + i)
    let gb = v128.load(g + i, 16)
    if (decays) {
      ga = f32x4.add(ga, f32x4.mul(pa, wd4))
      gb = f32x4.add(gb, f32x4.mul(pb, wd4))
    }
    const ma = average(beta14, v128.load(m + i), rest14, ga)
    const mb = average(beta14, v128.load(m + i, 16), rest14, gb)
    const va = average(beta24, v128.load(v + i), rest24, f32x4.mul(ga, ga))
    const vb = average(beta24, v128.load(v + i, 16), rest24, f32x4.mul(gb, gb))
    v128.store(m + i, ma)
    v128.store(m + i, mb, 16)
    v128.store(v + i, va)
    v128.store(v + i, vb, 16)
    v128.store(p + i, f32x4.sub(pa, f32x4.mul(f32x4.div(ma, f32x4.add(f32x4.sqrt(va), eps4)), rate4)))
    v128.store(p + i, f32x4.sub(pb, f32x4.mul(f32x4.div(mb, f32x4.add(f32x4.sqrt(vb), eps4)), rate4)), 16)
  }
}
