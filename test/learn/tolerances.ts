/** How far memory may move over many epochs without anybody keeping anything: what V8 and malloc hold in reserve. */
export const rssGrowth = 16 * 2 ** 20
