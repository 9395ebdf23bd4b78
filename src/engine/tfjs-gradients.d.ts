/** Importing it registers tfjs-core's gradients and the chained methods of tensors (see build.mjs). */
export {}
