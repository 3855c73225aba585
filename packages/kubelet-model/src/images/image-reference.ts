/** The repository of an image: its reference without tag and digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

/** The reference by which an image is asked for: with `latest` where it has neither tag nor digest. */
export function withDefaultTag(image: string): string {
  return image.includes('@') || repositoryOf(image) !== image ? image : `${image}:latest`
}
