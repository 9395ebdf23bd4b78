/** The camera: starts and stops it, and takes pictures. */
import { byId } from './element.js'

const stop = (video: HTMLVideoElement): void => {
  if (video.srcObject instanceof MediaStream) for (const track of video.srcObject.getTracks()) track.stop()
  video.srcObject = null
}

const pictureOf = (video: HTMLVideoElement): Promise<Blob | null> => {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
}

/** Makes the buttons of the camera work. `onPicture` gets each picture that is taken. */
export const startCamera = (onPicture: (picture: File) => void, say: (text: string) => void): void => {
  const button = byId<HTMLButtonElement>('camera')
  const take = byId<HTMLButtonElement>('take')
  const video = byId<HTMLVideoElement>('video')
  let taken = 0
  const show = (on: boolean): void => {
    video.hidden = !on
    take.hidden = !on
    button.textContent = on ? 'Stop the camera' : 'Use the camera'
  }
  // browsers offer a camera to this machine's own pages and to https only
  button.hidden = !('mediaDevices' in navigator)
  button.addEventListener('click', () => {
    if (video.srcObject !== null) {
      stop(video)
      show(false)
      return
    }
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then((stream) => {
        video.srcObject = stream
        show(true)
        return video.play()
      })
      .catch((cause: unknown) => say(`the camera cannot be used: ${String(cause)}`))
  })
  take.addEventListener('click', () => {
    void pictureOf(video).then((picture) => {
      if (picture !== null) onPicture(new File([picture], `picture ${++taken}`, { type: picture.type }))
    })
  })
}
