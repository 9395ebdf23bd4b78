/**
 * The table of kernels with an ONNX form, one file per family. Each gives the output of a call and how to emit it;
 * unsupported calls go to the cpu kernel. Sessions, values and devices are handled elsewhere.
 */
import type { Kernels } from '../recording/Kernel.js'
import { batchNorm } from './batchNorm.js'
import { blocks } from './blocks.js'
import { withChannelsFirst } from './channelsFirst.js'
import { constants } from './constants.js'
import { conv } from './conv.js'
import { depthwiseConv } from './depthwise.js'
import { depthwiseGrad } from './depthwiseGrad.js'
import { diagonal } from './diagonal.js'
import { einsum } from './einsum.js'
import { elementwise } from './elementwise.js'
import { extremes } from './extremes.js'
import { finite } from './finite.js'
import { fusedConv } from './fusedConv.js'
import { gather } from './gather.js'
import { withIntegers } from './integers.js'
import { logic } from './logic.js'
import { lrn } from './lrn.js'
import { matmul } from './matmul.js'
import { norm } from './norm.js'
import { optimisers } from './optimisers.js'
import { pixelShuffle } from './pixelShuffle.js'
import { pool } from './pool.js'
import { reduce } from './reduce.js'
import { remainder } from './remainder.js'
import { resize } from './resize.js'
import { scan } from './scan.js'
import { scatter } from './scatter.js'
import { shape } from './shape.js'
import { strides } from './strided.js'
import { transcendental } from './transcendental.js'

const ofFloats: Kernels = {
  ...elementwise,
  ...logic,
  ...reduce,
  ...shape,
  ...matmul,
  ...conv,
  ...depthwiseConv,
  ...pool,
  ...norm,
  ...resize,
  ...batchNorm,
  ...optimisers,
  ...blocks,
  ...constants,
  ...depthwiseGrad,
  ...diagonal,
  ...einsum,
  ...extremes,
  ...finite,
  ...fusedConv,
  ...gather,
  ...lrn,
  ...pixelShuffle,
  ...remainder,
  ...scan,
  ...scatter,
  ...strides,
  ...transcendental
}

export const kernels: Kernels = {
  ...ofFloats,
  ...withChannelsFirst(ofFloats),
  ...withIntegers(ofFloats)
}
