import { backend_util } from '@tensorflow/tfjs-core'
import { string } from '../graph/Graph.js'
import { form, kernel, type Kernels } from '../recording/Kernel.js'
import { likeTensor } from './indices.js'

export const einsum: Kernels = {
  Einsum: kernel<string, { equation: string }>((inputs, { equation }) => {
    const tensors = Object.values(inputs)
    const [first] = tensors
    const { allDims, idDims, summedDims } = backend_util.decodeEinsumEquation(equation, tensors.length)
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors.map(likeTensor))
    const sizes = allDims.map((_, dim) => {
      const tensor = idDims.findIndex((dims) => dims.includes(dim))
      return tensors[tensor]!.shape[idDims[tensor]!.indexOf(dim)]!
    })
    const shape = sizes.filter((_, dim) => !summedDims.includes(dim))
    if (first === undefined || first.dtype === 'bool' || !tensors.every((t) => t.dtype === first.dtype))
      return undefined
    return form({ shape, dtype: first.dtype }, (g, i) =>
      g.op('Einsum', Object.values(i), shape, { attributes: { equation: string(equation) } })
    )
  })
}
