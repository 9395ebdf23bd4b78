/** How far memory may move over many epochs without anybody keeping anything: what V8 and malloc hold in reserve. */
export const rssGrowth = 16 * 2 ** 20

/** How far the peak of a training step may be from what its plan says, as a share of that. */
export const predictedBytes = 0.25
