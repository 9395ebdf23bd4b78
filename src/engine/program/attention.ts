/** Multi-head attention with tfjs: between tokens `[n, t, c]`, and within windows of `[n, h, w, c]`. */
import * as tf from '@tensorflow/tfjs-core'
import type { Attention, Pair, WindowAttention } from '../../model/index.js'
import { attentionMask, relativePositions, type Windows, windowsOf } from '../../plan/index.js'
import type { Arrays } from './Arrays.js'
import { layerNorm } from './norms.js'

/** A linear layer over the last axis of a tensor of any rank. */
export const linear = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor => {
  const [input, output] = weight.shape as [number, number]
  const rows = tf.matMul(tf.reshape(x, [-1, input]), weight)
  return tf.reshape(bias === null ? rows : tf.add(rows, bias), [...x.shape.slice(0, -1), output])
}

/** `[n, t, c]` as `[n, heads, t, c/heads]`. */
const divided = (x: tf.Tensor, heads: number): tf.Tensor4D => {
  const [n, t, c] = x.shape as [number, number, number]
  return tf.transpose(tf.reshape(x, [n, t, heads, c / heads]), [0, 2, 1, 3])
}

/** The attention of every head, joined: queries, keys and values side by side, `[n, t, 3c]` → `[n, t, c]`. */
const attended = (
  qkv: tf.Tensor,
  heads: number,
  normed: { readonly query: (x: tf.Tensor) => tf.Tensor; readonly key: (x: tf.Tensor) => tf.Tensor },
  biased: (scores: tf.Tensor) => tf.Tensor
): tf.Tensor => {
  const [q, k, v] = tf.split(qkv, 3, -1).map((x) => divided(x, heads))
  const [n, , t, width] = q!.shape
  const query = tf.mul(normed.query(q!), width ** -0.5)
  const shares = tf.softmax(biased(tf.matMul(query, normed.key(k!), false, true)))
  return tf.reshape(tf.transpose(tf.matMul(shares, v!), [0, 2, 1, 3]), [n, t, heads * width])
}

const same = (x: tf.Tensor): tf.Tensor => x

/** torch's MultiheadAttention joins the first names with an underscore. */
const namesOf = ({ torchNames }: Attention): readonly [string, string] =>
  torchNames ? ['in_proj_', 'out_proj.'] : ['qkv.', 'proj.']

export const attention = (layer: Attention, path: string, x: tf.Tensor, arrays: Arrays): tf.Tensor => {
  const [qkv, proj] = namesOf(layer).map((name) => `${path}.${name}`)
  const packed = linear(x, arrays(`${qkv}weight`), layer.qkvBias ? arrays(`${qkv}bias`) : null)
  const normed = (name: string) =>
    layer.qkNorm ? (y: tf.Tensor) => layerNorm(y, 1e-5, `${path}.${name}`, arrays) : same
  const y = attended(packed, layer.heads, { query: normed('q_norm'), key: normed('k_norm') }, same)
  return linear(y, arrays(`${proj}weight`), arrays(`${proj}bias`))
}

/** Moves images up and to the left by whole pixels; what leaves at one side enters at the other. */
const rolled = (x: tf.Tensor4D, by: Pair): tf.Tensor4D =>
  ([1, 2] as const).reduce<tf.Tensor4D>((y, axis) => {
    const side = y.shape[axis]
    const first = ((by[axis - 1]! % side) + side) % side
    // the tape keeps the list, so it is not reversed in place
    return first === 0 ? y : tf.concat(tf.split<tf.Tensor4D>(y, [first, side - first], axis).toReversed(), axis)
  }, x)

/** `[n, h, w, c]` → `[n·windows, tokens, c]`. */
const inWindows = (x: tf.Tensor4D, { count, tokens }: Windows, [h, w]: Pair): tf.Tensor3D => {
  const [n, , , c] = x.shape
  const parts = tf.transpose(tf.reshape(x, [n, count[0], h, count[1], w, c]), [0, 1, 3, 2, 4, 5])
  return tf.reshape(parts, [n * count[0] * count[1], tokens, c])
}

const fromWindows = (x: tf.Tensor, { count, padded }: Windows, [h, w]: Pair): tf.Tensor4D => {
  const c = x.shape.at(-1)!
  const parts = tf.transpose(tf.reshape(x, [-1, count[0], count[1], h, w, c]), [0, 1, 3, 2, 4, 5])
  return tf.reshape(parts, [-1, padded[0], padded[1], c])
}

/** The learned bias of every pair of pixels, `[heads, tokens, tokens]`. */
const positionBias = (layer: WindowAttention, path: string, tokens: number, arrays: Arrays): tf.Tensor3D => {
  const indices = tf.tensor1d(relativePositions(layer.window), 'int32')
  const bias = tf.gather(arrays(`${path}.relative_position_bias_table`), indices, 1)
  return tf.reshape(bias, [layer.heads, tokens, tokens])
}

export const windowAttention = (layer: WindowAttention, path: string, x: tf.Tensor4D, arrays: Arrays): tf.Tensor => {
  const { heads, window } = layer
  const [n, h, w, c] = x.shape
  const windows = windowsOf(layer, [h, w])
  const { padded, shift, count, tokens } = windows
  const isPadded = padded[0] > h || padded[1] > w
  const whole = isPadded
    ? tf.pad(x, [
        [0, 0],
        [0, padded[0] - h],
        [0, padded[1] - w],
        [0, 0]
      ])
    : x
  const parts = inWindows(rolled(whole, shift), windows, window)
  const mask = attentionMask(layer, windows)
  const biased = (scores: tf.Tensor): tf.Tensor => {
    const all = tf.add(scores, positionBias(layer, path, tokens, arrays))
    if (mask === null) return all
    const number = count[0] * count[1]
    const masked = tf.add(
      tf.reshape(all, [n, number, heads, tokens, tokens]),
      tf.tensor(mask, [1, number, 1, tokens, tokens])
    )
    return tf.reshape(masked, [n * number, heads, tokens, tokens])
  }
  const packed = linear(parts, arrays(`${path}.qkv.weight`), arrays(`${path}.qkv.bias`))
  const y = attended(packed, heads, { query: same, key: same }, biased)
  const joined = fromWindows(y, windows, window)
  const back = rolled(joined, [-shift[0], -shift[1]])
  const cropped = isPadded ? tf.slice(back, [0, 0, 0, 0], [n, h, w, c]) : back
  return linear(cropped, arrays(`${path}.proj.weight`), arrays(`${path}.proj.bias`))
}
