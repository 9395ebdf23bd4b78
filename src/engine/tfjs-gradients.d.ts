/** Importing it registers tfjs-core's gradient definitions (see build.mjs). */
export {}
