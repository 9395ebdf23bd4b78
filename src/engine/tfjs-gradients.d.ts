/** Importing it registers tfjs-core's gradient definitions and the chained methods of tensors (see build.mjs). */
export {}
