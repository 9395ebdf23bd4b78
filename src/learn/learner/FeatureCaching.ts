/**
 * `FeatureCaching`: whether training keeps the outputs of frozen layers in memory.
 *
 * @since 0.1.0
 */
/**
 * Whether training computes the outputs of frozen layers once for every image: `'auto'` where that is exact, pays, and
 * takes at most 1 GiB of memory (`featureCache`); with a limit of your own; or never.
 *
 * @category learners
 * @since 0.1.0
 */
export type FeatureCaching = 'auto' | false | { readonly maxBytes: number }
