/** The slider over images with heat maps: how much of the map covers the image. */
export const startHeatmaps = (root: ParentNode): void => {
  for (const slider of root.querySelectorAll<HTMLInputElement>('.heat-slider')) {
    const images = slider.closest('.images')
    const label = slider.closest<HTMLElement>('.control')
    if (label !== null) label.hidden = false
    slider.addEventListener('input', () => {
      for (const heat of images?.querySelectorAll<HTMLElement>('.heat') ?? [])
        heat.style.opacity = String(Number(slider.value) / 100)
    })
  }
}
