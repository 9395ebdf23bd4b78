/** Specs that fail for one reason, by file and name. */
export interface Known {
  readonly reason: string
  readonly specs: ReadonlyArray<string>
}

/** Specs that fail, and why graft's result is nevertheless correct. */
export const failures: ReadonlyArray<Known> = [
  {
    reason: 'The maximum of a window that contains NaN is NaN, as in PyTorch. TensorFlow.js ignores the NaN.',
    specs: ['ops/max_pool_test: maxPool [x=[3,3,1] f=[2,2] s=1 ignores NaNs']
  },
  {
    reason:
      'The gradient of a padded average pool. TensorFlow.js averages without the padding, but its gradient divides by the size of the whole window, which is not the derivative. graft computes the derivative; `test/engine/onnxruntime/convolutions.test.ts` compares it with finite differences.',
    specs: ['ops/avg_pool_test: avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit']
  }
]

/** Specs that fail in addition when kernels with an ONNX form may not fall back to the cpu backend. */
export const refusals: ReadonlyArray<Known> = [
  {
    reason: 'Strings: nothing is computed.',
    specs: [
      'ops/concat_test: concat3d Accepts string tensor.',
      'ops/equal_test: equal should support string comparison',
      'ops/fill_test: fill 1D fill string',
      'ops/fill_test: fill 2D fill string',
      'ops/greater_equal_test: greaterEqual should support string comparison',
      'ops/greater_test: greater should support string comparison',
      'ops/less_equal_test: lessEqual should support string comparison',
      'ops/less_test: less should support string comparison',
      'ops/not_equal_test: notEqual should support string comparison',
      'ops/slice_test: slice  accepts string slices 2x2x2 array into 2x1x1 no size.',
      'ops/slice_test: slice  accepts string slices 2x2x2 array into 1x2x2 with scalar begin no size.',
      'ops/slice_test: slice  accepts string slice encoded string.',
      'ops/sparse_to_dense_test: sparseToDense should work for string',
      'ops/squeeze_test: squeeze default',
      'ops/squeeze_test: squeeze specific dimension',
      'ops/squeeze_test: squeeze all ones',
      'ops/squeeze_test: squeeze squeeze only ones',
      'ops/stack_test: stack accepts string.',
      'ops/tile_test: tile 1d string tensor',
      'ops/tile_test: tile 2d string tensor',
      'ops/tile_test: tile 6D string tensor',
      'ops/unstack_test: unstack accepts string',
      'tensor_test: tensor.toString 1d long string tensor verbose',
      'tensor_test: tensor.toString 2d long string tensor verbose'
    ]
  },
  {
    reason: 'Complex numbers: ONNX Runtime has no operators for them.',
    specs: [
      'ops/add_test: add complex number addition',
      'ops/add_test: add complex number reshape and then addition',
      'ops/add_test: add complex number broadcasting addition',
      'ops/arithmetic_test: mul complex number multiplication',
      'ops/arithmetic_test: mul complex number broadcasting multiplication',
      'ops/concat_test: concat1d concat complex input',
      'ops/concat_test: concat2d concat complex input axis=0',
      'ops/concat_test: concat2d concat complex input axis=1',
      'ops/concat_test: concat3d concat complex input axis=0',
      'ops/concat_test: concat3d concat complex input axis=1',
      'ops/ones_like_test: onesLike 1D complex dtype',
      'ops/ones_like_test: onesLike 2D complex dtype',
      'ops/ones_like_test: onesLike 3D complex dtype',
      'ops/ones_like_test: onesLike 4D complex dtype',
      'ops/ones_like_test: onesLike 5D complex dtype',
      'ops/ones_like_test: onesLike 6D complex dtype',
      'ops/sub_test: sub complex number subtraction',
      'ops/sub_test: sub complex number broadcasting subtraction',
      'tensor_test: tensor cast complex64 -> float32',
      'tensor_test: tensor cast complex64 -> int32',
      'tensor_test: tensor cast complex64 -> bool',
      'ops/add_test: add upcasts when dtypes dont match',
      'ops/sub_test: sub upcasts when dtypes dont match'
    ]
  },
  {
    reason:
      "Operations on empty and non-empty tensors together: ONNX Runtime's operators do not support them. Empty results need no computation.",
    specs: [
      'ops/concat_test: concat3d concat tensors with 0 in their shape',
      'ops/concat_test: memory test returns a new tensor when op is effectively a no-op.',
      'ops/concat_test: memory test ensure no memory leak',
      'ops/pad_test: pad 1d Should handle empty tensor with meaningful dims',
      'ops/sparse_to_dense_test: sparseToDense should work with 0-sized tensors',
      'ops/spectral/rfft_test: 2D RFFT should return the same value with TensorFlow (2x2 elements)',
      'ops/spectral/rfft_test: 2D RFFT should return the same value with TensorFlow (2x2x2 elements)',
      'ops/spectral/rfft_test: 2D RFFT should return the value with cropping'
    ]
  },
  {
    reason: 'A gradient whose size does not match the convolution, which TensorFlow.js accepts.',
    specs: ['ops/conv2d_transpose_test: conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4']
  }
]
