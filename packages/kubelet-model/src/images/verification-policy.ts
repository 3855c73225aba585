import type { KubeletConfiguration } from '../config/configuration.ts'

/** Whether credentials must be verified for an image that is on the node; `isPulled` is true when the kubelet has pulled it. */
export type NeedsVerification = (image: string, isPulled: boolean) => boolean

/**
 * The policy of a configuration; the configuration was validated before.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/images/pullmanager/image_pull_policies.go
 */
export function verificationPolicy(configuration: KubeletConfiguration): NeedsVerification {
  const list = configuration['preloadedImagesVerificationAllowlist']
  switch (configuration['imagePullCredentialsVerificationPolicy']) {
    case 'NeverVerify':
      return () => false
    case 'AlwaysVerify':
      return () => true
    case 'NeverVerifyAllowlistedImages':
      return exceptFor(Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [])
    default:
      return (_image, isPulled) => isPulled
  }
}

function exceptFor(list: readonly string[]): NeedsVerification {
  const prefixes = list.filter((entry) => entry.endsWith('/*')).map((entry) => entry.slice(0, -1))
  return (image) => !list.includes(image) && !prefixes.some((prefix) => image.startsWith(prefix))
}

/** What is wrong with an entry of the allow list, in the kubelet's words; undefined when nothing is. */
export function allowlistProblem(entry: string): string | undefined {
  if (entry !== entry.trim()) return `leading/trailing spaces are not allowed: ${entry}`
  const isWildcard = entry.endsWith('/*')
  const name = isWildcard ? entry.slice(0, -1) : entry
  if (name === '') return `the supplied pattern is too short: ${entry}`
  if (name.includes('*')) return `not a valid wildcard pattern, only patterns ending with '/*' are allowed: ${entry}`
  if (isWildcard) return name.length === 1 ? 'at least registry hostname is required' : undefined
  const isBare = !name.includes('@') && !/:[^/]*$/.test(name)
  return isBare ? undefined : `neither tag nor digest is accepted in an image reference: ${entry}`
}
