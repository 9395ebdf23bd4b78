/** Specs that fail for one reason, by file and name. */
export interface Known {
  readonly reason: string
  readonly specs: ReadonlyArray<string>
}

/** What fails, and why none of it is a wrong number. */
export const failures: ReadonlyArray<Known> = [
  {
    reason: 'The maximum of a window that holds NaN is NaN, as in PyTorch; tfjs overlooks it.',
    specs: ['ops/max_pool_test: maxPool [x=[3,3,1] f=[2,2] s=1 ignores NaNs']
  },
  {
    reason:
      "The gradient of a padded average: tfjs averages what lies under a window and leaves padding out, but its gradient divides by the whole window, which is no derivative of that. This one is; `test/engine/onnxruntime/convolutions.test.ts` holds it against the pool's own differences.",
    specs: ['ops/avg_pool_test: avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit']
  }
]

/** What fails besides when a kernel that has an ONNX form may not fall back on the cpu package's. */
export const refusals: ReadonlyArray<Known> = [
  {
    reason: 'Strings: there is nothing to compute.',
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
    reason: 'Complex numbers: no operator of ONNX Runtime takes them.',
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
      "Empty tensors beside others: ONNX Runtime's operators are not made for them. What is empty itself is given without a computation.",
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
    reason: 'A gradient of a size that no convolution of these sizes gives, which tfjs does not refuse.',
    specs: ['ops/conv2d_transpose_test: conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4']
  }
]
