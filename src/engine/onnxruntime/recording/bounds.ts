import { util, type backend_util, type TensorInfo } from '@tensorflow/tfjs-core'

/** A tensor's contents, if they are computed already. */
export type Known = (tensor: TensorInfo) => backend_util.BackendValues | undefined

interface Call {
  readonly inputs: Readonly<Record<string, TensorInfo | null | undefined>>
  readonly attrs?: object
}

const gatherV2 = ({ inputs, attrs }: Call, known: Known): void => {
  const { x, indices } = inputs as Readonly<Record<'x' | 'indices', TensorInfo>>
  const { axis } = attrs as { readonly axis: number }
  const length = x.shape[util.parseAxisParam(axis, x.shape)[0]!]!
  const values = (known(indices) ?? []) as ArrayLike<number>
  for (let i = 0; i < values.length; i++)
    util.assert(
      values[i]! >= 0 && values[i]! < length,
      () => `GatherV2: the index value ${values[i]!} is not in [0, ${length - 1}]`
    )
}

/**
 * Checks of indices when a kernel is called, as in tfjs; indices that are not computed yet are checked by the graph.
 */
export const bounds: Readonly<Record<string, (call: Call, known: Known) => void>> = { GatherV2: gatherV2 }
