// The grammar of container image references, as far as it decides whether one can be pulled at all.
const reference =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?\/|\[[0-9a-fA-F:]+\](?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/

/** What is wrong with an image reference, in the kubelet's words; undefined when it can be read. */
export function imageProblem(image: string): string | undefined {
  if (reference.test(image)) return undefined
  const cause =
    image.toLowerCase() !== image && reference.test(image.toLowerCase())
      ? 'repository name must be lowercase'
      : 'invalid reference format'
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${cause}`
}
